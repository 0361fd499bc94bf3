package io.github.dropwizardlogdna.benchmarks.far;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces of Linux, connected by TUN devices whose packets socat hands to a {@link Relay}. Takes root,
 * iproute2 and socat. (The kernel's own {@code netem} would be simpler, but not every kernel has it.)
 */
final class FarNetwork implements AutoCloseable {

    static final String FAR_ADDRESS = "10.77.0.2";

    private static final String NETWORK = "10.77.0.0/30";
    private static final String NEAR_ADDRESS = "10.77.0.1";
    private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(10);

    private final End near;
    private final End far;
    private final Relay relay;
    private final List<Process> carriers = new ArrayList<>();

    /** A namespace and its device, with the UDP port of its socat. */
    private record End(String name, String address, int port) {

        static End of(String side, String address) throws IOException {
            // The process's number keeps two runs apart; 15 characters are the most that a device's name may have.
            String name = "lg" + side + ProcessHandle.current().pid();
            try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                return new End(name, address, free.getLocalPort());
            }
        }
    }

    FarNetwork(String congestionControl) throws IOException, InterruptedException {
        near = End.of("n", NEAR_ADDRESS);
        far = End.of("f", FAR_ADDRESS);
        relay = new Relay(near.port, far.port);
        try {
            start(near, relay.nearPort(), congestionControl);
            start(far, relay.farPort(), congestionControl);
        } catch (IOException e) {
            close();
            throw new IOException("No far network: it takes Linux, root, iproute2 and socat. " + e.getMessage(), e);
        }
    }

    private void start(End end, int relayPort, String congestionControl) throws IOException, InterruptedException {
        run("ip", "netns", "add", end.name);
        carriers.add(new ProcessBuilder(
                        "socat",
                        "TUN,tun-name=" + end.name + ",iff-no-pi",
                        "UDP4:127.0.0.1:" + relayPort + ",bind=127.0.0.1:" + end.port + ",rcvbuf="
                                + Relay.SOCKET_BUFFER)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        long before = System.nanoTime();
        while (!succeeds("ip", "link", "set", end.name, "netns", end.name)) {
            if (System.nanoTime() - before > LONGEST_START) {
                throw new IOException("There is no device " + end.name);
            }
            Thread.sleep(50);
        }
        run("ip", "-n", end.name, "addr", "add", end.address + "/30", "dev", end.name);
        // A window of some megabytes leaves in one burst: a shorter queue would lose packets that no network has lost.
        run("ip", "-n", end.name, "link", "set", end.name, "txqueuelen", "10000", "up");
        run("ip", "-n", end.name, "link", "set", "lo", "up");
        run(
                "ip",
                "-n",
                end.name,
                "route",
                "replace",
                NETWORK,
                "dev",
                end.name,
                "src",
                end.address,
                "congctl",
                congestionControl);
    }

    /** What a command begins with that is to run at the near end. */
    List<String> near() {
        return List.of("ip", "netns", "exec", near.name);
    }

    List<String> far() {
        return List.of("ip", "netns", "exec", far.name);
    }

    void behave(double roundTripMillis, double lossShare) {
        relay.behave(roundTripMillis, lossShare);
    }

    /** Packets that this machine has lost between the ends, because a buffer was full; there should be none. */
    long dropped() throws IOException {
        List<Integer> ports = List.of(near.port, far.port, relay.nearPort(), relay.farPort());
        long dropped = 0;
        for (String line : Files.readAllLines(Path.of("/proc/net/udp"))) {
            String[] columns = line.strip().split(" +", -1);
            String[] local = columns[1].split(":", -1);
            if (local.length == 2 && ports.contains(Integer.parseInt(local[1], 16))) {
                dropped += Long.parseLong(columns[columns.length - 1]);
            }
        }
        return dropped;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (!succeeds(command)) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Override
    public void close() throws IOException {
        relay.close();
        carriers.forEach(Process::destroy);
        try {
            succeeds("ip", "netns", "del", near.name);
            succeeds("ip", "netns", "del", far.name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
