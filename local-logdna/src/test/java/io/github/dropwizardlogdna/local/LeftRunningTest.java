package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.tail.EventReader;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The program under a long load, in a small heap. */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class LeftRunningTest {

    private static final Pattern TAIL = Pattern.compile("at http://localhost:(?<port>\\d+)/$");

    /**
     * Browsers that don't read, silent connections, small bodies that decompress to large ones, and half a million lines. An
     * OutOfMemoryError would be on standard error.
     */
    @Test
    void staysWithinASmallHeapForAnyTraffic(@TempDir Path directory) throws Exception {
        Path errors = directory.resolve("errors.txt");
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocalLogDnaServer.class.getName(),
                        "--port",
                        "0")
                .redirectError(errors.toFile())
                .start();
        List<RawClient> clients = new ArrayList<>();
        try {
            int port = port(server);
            for (int i = 0; i < 20; i++) {
                clients.add(new RawClient(port).send("GET /tail/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }
            for (int i = 0; i < 500; i++) {
                clients.add(new RawClient(port).send("POST /logs/ingest HTTP/1.1\r\n"));
            }
            byte[] bomb = gzip("{\"lines\":[{\"line\":\"x\",\"meta\":[" + "[],".repeat(3_300_000 - 1) + "[]]}]}");
            byte[] large = gzip("{\"lines\":[{\"line\":\"" + "x".repeat(9_900_000) + "\"}]}");
            for (int i = 0; i < 5; i++) {
                assertThat(answer(port, bomb)).startsWith("HTTP/1.1 200 ");
                assertThat(answer(port, large)).startsWith("HTTP/1.1 200 ");
            }
            byte[] lines = gzip("{\"lines\":["
                    + "{\"line\":\"%s\",\"meta\":{\"n\":1}},"
                            .formatted("x".repeat(150))
                            .repeat(24_999)
                    + "{\"line\":\"last\"}]}");
            for (int i = 0; i < 20; i++) {
                assertThat(answer(port, lines)).startsWith("HTTP/1.1 200 ");
            }

            try (EventReader browser = EventReader.open("http://localhost:" + port + "/tail/events")) {
                assertThat(browser.next().data().get("received").get("lines").intValue())
                        .isEqualTo(500_010);
            }
            assertThat(Files.readString(errors)).isEmpty();
            assertThat(server.isAlive()).isTrue();
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
            server.destroyForcibly().waitFor();
        }
    }

    /** Reads the address, and then all further output, so that the program never blocks on it. */
    private static int port(Process server) throws IOException {
        BufferedReader printed = new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8));
        Matcher tail = TAIL.matcher(printed.readLine());
        assertThat(tail.find()).isTrue();
        Thread reader = new Thread(() -> printed.lines().forEach(line -> {}));
        reader.setDaemon(true);
        reader.start();
        return Integer.parseInt(tail.group("port"));
    }

    private static String answer(int port, byte[] gzip) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send(RawClient.post("Content-Encoding: gzip\r\nContent-Length: " + gzip.length + "\r\n"))
                    .send(gzip)
                    .answer();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return out.toByteArray();
    }
}
