import sdmxdl.*;
import sdmxdl.web.*;

// java -cp sdmx-dl-api.jar:sdmx-dl-standalone.jar SdmxDl.java http://127.0.0.1:8470
class SdmxDl {
    public static void main(String[] args) throws Exception {
        WebSource lmis = WebSource.builder().id("LMIS").driver("RI_SDMX21").endpointOf(args[0] + "/sdmx/v1").build();
        try (Connection service = SdmxWebManager.ofServiceLoader().getConnection(lmis, Languages.ANY)) {
            for (Flow flow : service.getFlows()) say("flow", flow.getRef().getId());

            FlowRef unemployment = FlowRef.of("LMIS", "DF_UNE", "latest");
            for (Dimension dimension : service.getStructure(unemployment).getDimensionList())
                say("dimension", dimension.getId(), dimension.getCodes().size());

            // sdmx-dl has no start period: the time is cut here.
            Query query = Query.builder().key(Key.parse("M.MYS............")).build();
            for (Series series : service.getData(unemployment, query).getData())
                for (Obs obs : series.getObs()) {
                    String month = obs.getPeriod().getStart().toString().substring(0, 7);
                    if (month.compareTo("2024-01") >= 0) say("obs", series.getKey(), month, obs.getValue());
                }
        }
    }

    static void say(Object... cells) {
        System.out.println(String.join("\t", java.util.Arrays.stream(cells).map(Object::toString).toList()));
    }
}
