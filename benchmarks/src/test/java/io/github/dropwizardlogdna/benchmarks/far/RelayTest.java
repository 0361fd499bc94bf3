package io.github.dropwizardlogdna.benchmarks.far;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayTest {

    private DatagramSocket near;
    private DatagramSocket far;
    private Relay relay;

    @BeforeEach
    void start() throws IOException {
        near = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        far = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        near.setSoTimeout(10_000);
        far.setSoTimeout(10_000);
        far.setReceiveBufferSize(4 << 20); // holds all packets of a test
        relay = new Relay(near.getLocalPort(), far.getLocalPort());
    }

    @AfterEach
    void stop() {
        relay.close();
        near.close();
        far.close();
    }

    @Test
    void keepsAPacketForHalfARoundTripInEachDirection() throws IOException {
        relay.behave(200, 0);

        long start = System.nanoTime();
        send(near, relay.nearPort(), 1);
        assertThat(receive(far)).isEqualTo(1);
        long there = System.nanoTime();
        send(far, relay.farPort(), 2);
        assertThat(receive(near)).isEqualTo(2);

        assertThat(there - start).isGreaterThanOrEqualTo(100_000_000);
        assertThat(System.nanoTime() - there).isGreaterThanOrEqualTo(100_000_000);
    }

    @Test
    void keepsTheOrder() throws IOException {
        relay.behave(20, 0);

        for (int i = 0; i < 100; i++) {
            send(near, relay.nearPort(), i);
        }

        for (int i = 0; i < 100; i++) {
            assertThat(receive(far)).isEqualTo(i);
        }
    }

    @Test
    void losesTheConfiguredShare() throws IOException {
        relay.behave(0, 0.2);
        far.setSoTimeout(20);

        long deadline = System.nanoTime() + 30_000_000_000L;
        int arrived = 0;
        // A few at a time: what does not fit into the relay's receive buffer is lost, and not counted.
        for (int sent = 50; sent <= 500; sent += 50) {
            for (int i = 0; i < 50; i++) {
                send(near, relay.nearPort(), 1);
            }
            while (arrived + relay.lost() < sent && System.nanoTime() < deadline) {
                try {
                    receive(far);
                    arrived++;
                } catch (SocketTimeoutException e) {
                    // The last ones may be lost.
                }
            }
        }

        assertThat(relay.lost()).isBetween(50L, 150L);
        assertThat(arrived + relay.lost()).isEqualTo(500);
    }

    private static void send(DatagramSocket from, int port, int content) throws IOException {
        from.send(new DatagramPacket(new byte[] {(byte) content}, 1, InetAddress.getLoopbackAddress(), port));
    }

    private static int receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[10], 10);
        at.receive(packet);
        return packet.getData()[0];
    }
}
