/** Solr on 127.0.0.1: `java -cp 'lib/*' Launch.java HOME PORT`. */
public class Launch {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        new org.apache.solr.embedded.JettySolrRunner(arguments[0], "/solr", port).start();
        Thread.currentThread().join();
    }
}
