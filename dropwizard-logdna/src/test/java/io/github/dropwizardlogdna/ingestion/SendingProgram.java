package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Sends bodies to a URL, and prints each verdict. Arguments: the URL, the number of bodies, the timeout in ms. */
public final class SendingProgram {

    private SendingProgram() {}

    public static void main(String[] arguments) {
        Duration limit = Duration.ofMillis(Long.parseLong(arguments[2]));
        IngestionClient client = new JerseyIngestionClient(new IngestionSettings(
                URI.create(arguments[0]), "the-key", () -> "host", null, null, List.of(), limit, limit, null, null));
        byte[] body = ("{\"lines\":[{\"line\":\"" + "x".repeat(100_000) + "\"}]}").getBytes(UTF_8);
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            Verdict verdict = client.send(new RequestBody(body, false, 1));
            System.out.println("verdict: " + verdict.outcome() + " " + verdict.reason());
        }
        client.close();
    }
}
