package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.ChildJvm;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Settings of a whole JVM: names with several addresses, and properties that must not affect this client. */
@Timeout(120)
class SendingFromAnotherJvmTest {

    @TempDir
    private Path directory;

    @Test
    void aDeadFirstAddressDoesNotStopDelivery() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.2 logs.example\n127.0.0.1 logs.example\n");

        assertThat(send(List.of("-Djdk.net.hosts.file=" + hosts), "logs.example", 2))
                .isEqualTo("""
                verdict: DELIVERED answered 200 OK
                verdict: DELIVERED answered 200 OK
                """);
    }

    @Test
    void propertiesForJerseyAndForTheJdksClientChangeNothing() throws Exception {
        List<String> jvm = List.of(
                "-Djersey.config.allowSystemProperties=true",
                "-Djersey.config.client.request.entity.processing=CHUNKED",
                "-Djersey.config.client.connectTimeout=1",
                "-Djersey.config.client.proxy.uri=http://localhost:1",
                "-Djersey.config.client.followRedirects=true",
                "-Dhttp.keepAlive=false",
                "-Dhttp.agent=another",
                "-Djdk.httpclient.HttpClient.log=all");

        assertThat(send(jvm, "localhost", 3)).isEqualTo("verdict: DELIVERED answered 200 OK\n".repeat(3));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void anAnswerThatCameWhileTheProcessWasStoppedIsRead() throws Exception {
        int requests = 2;
        Semaphore asked = new Semaphore(0);
        Semaphore answers = new Semaphore(0);
        MisbehavingServer.Behaviour whenTold = connection -> {
            connection.readRequest();
            asked.release();
            answers.acquireUninterruptibly();
            connection.answer(200, "{}");
        };
        try (MisbehavingServer server = MisbehavingServer.http(whenTold);
                ChildJvm child = ChildJvm.start(
                        directory,
                        List.of(),
                        SendingProgram.class,
                        server.endpoint().toString(),
                        String.valueOf(requests),
                        "5000")) {
            for (int i = 0; i < requests; i++) {
                assertThat(asked.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
                child.pause();
                answers.release();
                // Meanwhile the timeout passes, and its grace period.
                await().pollDelay(Duration.ofSeconds(8)).until(() -> true);
                child.resume();
            }
            assertThat(child.awaitExit()).isZero();
            assertThat(child.stdout()).isEqualTo("verdict: DELIVERED answered 200 OK\n".repeat(requests));
            assertThat(server.requests()).hasSize(requests);
        }
    }

    /** Returns what the program printed. */
    private String send(List<String> jvm, String host, int requests) throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200))) {
            URI endpoint = URI.create(server.endpoint().toString().replace("localhost", host));
            try (ChildJvm child = ChildJvm.start(
                    directory, jvm, SendingProgram.class, endpoint.toString(), String.valueOf(requests), "10000")) {
                assertThat(child.awaitExit()).as(child.toString()).isZero();
                assertThat(server.requests())
                        .allSatisfy(request ->
                                assertThat(request.header("Content-Length")).isNotNull())
                        .allSatisfy(request ->
                                assertThat(request.header("Transfer-Encoding")).isNull());
                assertThat(server.connections()).isEqualTo(1);
                return child.stdout();
            }
        }
    }
}
