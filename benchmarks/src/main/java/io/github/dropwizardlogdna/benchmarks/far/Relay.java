package io.github.dropwizardlogdna.benchmarks.far;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries packets between two ends, each a UDP port on this machine: keeps each for half a round trip, in order, and
 * loses some at random. There is no limit to the bandwidth.
 */
final class Relay implements AutoCloseable {

    /** Asked of the system, which may give less ({@code net.core.rmem_max}). */
    static final int SOCKET_BUFFER = 4 << 20;

    private static final int LARGEST = 1 << 16;

    private final DatagramSocket near;
    private final DatagramSocket far;
    private final AtomicLong lost = new AtomicLong();
    private volatile long oneWayNanos;
    private volatile double loss;

    private record Packet(DatagramPacket datagram, long due) {}

    /**
     * Starts to carry.
     *
     * @param nearEnd port of the one end, to which the packets of the other go
     * @param farEnd port of the other end
     */
    Relay(int nearEnd, int farEnd) throws IOException {
        near = socket();
        far = socket();
        carry("near", near, far, address(farEnd), 1);
        carry("far", far, near, address(nearEnd), 2);
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setReceiveBufferSize(SOCKET_BUFFER);
        socket.setSendBufferSize(SOCKET_BUFFER);
        return socket;
    }

    private static SocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The port that takes the packets of the near end. */
    int nearPort() {
        return near.getLocalPort();
    }

    /** The port that takes the packets of the far end. */
    int farPort() {
        return far.getLocalPort();
    }

    /** Holds for the packets that come from now on. */
    void behave(double roundTripMillis, double lossShare) {
        oneWayNanos = (long) (roundTripMillis * 1e6 / 2);
        loss = lossShare;
    }

    long lost() {
        return lost.get();
    }

    private void carry(String name, DatagramSocket from, DatagramSocket to, SocketAddress end, long seed) {
        BlockingQueue<Packet> underWay = new LinkedBlockingQueue<>();
        start("relay-" + name + "-in", () -> take(from, end, underWay, new SplittableRandom(seed)));
        start("relay-" + name + "-out", () -> give(underWay, to));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void take(DatagramSocket from, SocketAddress end, BlockingQueue<Packet> underWay, SplittableRandom random) {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        while (!from.isClosed()) {
            try {
                packet.setLength(LARGEST);
                from.receive(packet);
                if (random.nextDouble() < loss) {
                    lost.incrementAndGet();
                } else {
                    byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                    DatagramPacket carried = new DatagramPacket(bytes, bytes.length, end);
                    underWay.add(new Packet(carried, System.nanoTime() + oneWayNanos));
                }
            } catch (IOException e) {
                // Closed, or the other end is not there yet.
            }
        }
    }

    private static void give(BlockingQueue<Packet> underWay, DatagramSocket to) {
        while (!to.isClosed()) {
            try {
                Packet packet = underWay.poll(1, TimeUnit.SECONDS);
                if (packet != null) {
                    for (long left = packet.due - System.nanoTime(); left > 0; left = packet.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    to.send(packet.datagram);
                }
            } catch (IOException e) {
                // As above; TCP sends it again.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        near.close();
        far.close();
    }
}
