package io.github.dropwizardlogdna.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/** Prints one JSON object at the end, for scripts and init containers. */
final class JsonReport implements CheckReport {

    private final PrintStream out;
    private final ObjectNode report = JsonNodeFactory.instance.objectNode();
    private ObjectNode appender = report;

    JsonReport(String versions, PrintStream out) {
        this.out = out;
        report.put("versions", versions);
        report.putArray("appenders");
    }

    @Override
    public void appender(String name, String path) {
        appender = report.withArray("appenders").addObject().put("name", name).put("path", path);
    }

    @Override
    public void skipped() {
        appender.put("result", "skipped").put("reason", "enabled is false");
    }

    @Override
    public void fact(String name, String value) {
        appender.withArray("steps").addObject().put("name", name).put("result", value);
    }

    @Override
    public void step(String name, boolean passed, String result, long millis) {
        appender.withArray("steps")
                .addObject()
                .put("name", name)
                .put("passed", passed)
                .put("result", result)
                .put("millis", millis);
    }

    @Override
    public void delivered(String app) {
        appender.put("result", "delivered").put("app", app);
    }

    @Override
    public void failed(String reason, String remedy) {
        appender.put("result", "failed").put("reason", reason);
        if (!remedy.isEmpty()) {
            appender.put("remedy", remedy);
        }
    }

    @Override
    public void endOfAppender() {
        // the object is complete
    }

    @Override
    public void summary(Summary summary) {
        report.put("sent", summary.sent())
                .put("delivered", summary.taken())
                .put("unusableSpools", summary.unusableSpools())
                .put("ok", summary.ok());
        out.println(report.toPrettyString());
    }
}
