package io.github.dropwizardlogdna.benchmarks.receiver;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The receiving process. Takes commands on its standard input, one a line, and answers each with one line; ends with its
 * input, so that none is left behind.
 */
public final class Receiver {

    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile Arrivals arrivals = new Arrivals();
    private volatile Mode mode = Mode.TAKE;
    private ServerSocket server;

    private Receiver() throws IOException {
        server = listen(0);
    }

    public static void main(String[] args) throws IOException {
        Receiver receiver = new Receiver();
        ObjectMapper json = new ObjectMapper();
        System.out.println(receiver.server.getLocalPort());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            System.out.println(receiver.obey(command, json));
        }
        System.exit(0);
    }

    private String obey(String command, ObjectMapper json) throws IOException {
        return switch (command) {
            case "report" -> json.writeValueAsString(arrivals.report());
            case "bytes" -> Long.toString(arrivals.wireBytes());
            case "reset" -> {
                arrivals = new Arrivals();
                yield "";
            }
            default -> {
                behave(Mode.valueOf(command));
                yield "";
            }
        };
    }

    private void behave(Mode wanted) throws IOException {
        int port = server.getLocalPort();
        mode = wanted;
        if (wanted == Mode.DOWN) {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } else if (server.isClosed()) {
            server = listen(port);
        }
    }

    private ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread thread = new Thread(() -> accept(socket), "receiver");
        thread.setDaemon(true);
        thread.start();
        return socket;
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                connections.add(socket);
                Connection connection = new Connection(socket, () -> mode, () -> arrivals);
                Thread thread = new Thread(
                        () -> {
                            connection.run();
                            connections.remove(socket);
                        },
                        "receiver-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed, because the endpoint is to be down; or a client that was gone at once.
            }
        }
    }
}
