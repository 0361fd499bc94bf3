package io.github.dropwizardlogdna.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs nginx, and Linux. */
class NginxTest {

    private static final int NO_BACKEND = 1;

    @TempDir
    Path directory;

    @BeforeEach
    void nginxIsInstalled() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")));
        assumeTrue(Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "nginx"))));
    }

    @Test
    void canBeKilledAndRestartedManyTimes() throws Exception {
        try (Nginx nginx = new Nginx(directory, NO_BACKEND)) {
            for (int i = 0; i < 20; i++) {
                nginx.kill();
                assertThat(listens(nginx.port())).isFalse();
                nginx.restart();
            }
        }
        assertThat(directory.resolve("error.log")).content().doesNotContain("bind()");
    }

    @Test
    void canBeKilledRightAfterAReload() throws Exception {
        try (Nginx nginx = new Nginx(directory, NO_BACKEND)) {
            for (int i = 0; i < 5; i++) {
                nginx.reload();
                nginx.kill();
                nginx.restart();
            }
        }
        assertThat(directory.resolve("error.log")).content().doesNotContain("bind()");
    }

    @Test
    void refusesToStartWhileAnotherProcessHasThePort() throws Exception {
        try (Nginx nginx = new Nginx(directory, NO_BACKEND)) {
            nginx.kill();
            try (ServerSocket other = new ServerSocket(nginx.port(), 50, InetAddress.getLoopbackAddress())) {
                assertThat(other.isBound()).isTrue();
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(nginx::restart)
                        .withMessageContaining("ended when it started");
            }
        }
    }

    @Test
    void limitsBodiesOnceTheCallReturns() throws Exception {
        try (Nginx nginx = new Nginx(directory, NO_BACKEND)) {
            for (int i = 0; i < 5; i++) {
                nginx.limitBodies("2k");
                assertThat(statusOfBody(nginx.port(), 3_000)).contains(" 413 ");
                nginx.limitBodies("10m");
                assertThat(statusOfBody(nginx.port(), 3_000)).contains(" 502 ");
            }
        }
    }

    @Test
    void reportsAReloadThatHadNoEffect() throws Exception {
        try (Nginx nginx = new Nginx(directory, NO_BACKEND)) {
            nginx.kill();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(nginx::reload)
                    .withMessageContaining("nginx has ended");
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The beginning of the response to a request with a body of this length. */
    private static String statusOfBody(int port, int length) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n";
            socket.getOutputStream().write((request + "x".repeat(length)).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(20), StandardCharsets.US_ASCII);
        }
    }
}
