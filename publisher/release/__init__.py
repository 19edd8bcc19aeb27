"""Publishing: packages in, one release out, every channel brought to it."""
