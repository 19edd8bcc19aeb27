import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges files by PDF/UA-1 and PDF/A-2a: one line for each, with the rules that it breaks. */
class Judge {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (String file : files) {
            for (PDFAFlavour flavour : new PDFAFlavour[] {PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_2_A}) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour);
                        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    Map<String, String> broken = new TreeMap<>();
                    for (TestAssertion one : result.getTestAssertions()) {
                        if (one.getStatus() == TestAssertion.Status.FAILED) {
                            broken.putIfAbsent(
                                    one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber(),
                                    one.getMessage() + " at " + one.getLocation().getContext());
                        }
                    }
                    good &= result.isCompliant();
                    System.out.println(file + "\t" + flavour + "\t" + result.isCompliant() + "\t" + broken);
                }
            }
        }
        System.exit(good ? 0 : 1);
    }
}
