package io.github.dropwizardlogdna.benchmarks.receiver;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ServerSocketFactory;

/**
 * The receiving process. Arguments: the address to listen on, and for TLS the key store.
 *
 * <p>Not a LocalLogDna, which parses each line: the CPU that this process takes is missing for what is measured.
 */
public final class Receiver {

    private final String address;
    private final ServerSocketFactory sockets;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile Arrivals arrivals = new Arrivals();
    private volatile Mode mode = Mode.TAKE;
    private ServerSocket server;

    private Receiver(String address, ServerSocketFactory sockets) throws IOException {
        this.address = address;
        this.sockets = sockets;
        server = listen(0);
    }

    public static void main(String[] args) throws Exception {
        ServerSocketFactory sockets = args.length == 1
                ? ServerSocketFactory.getDefault()
                : new KeyStoreFile(Path.of(args[1])).context().getServerSocketFactory();
        Receiver receiver = new Receiver(args[0], sockets);
        ObjectMapper json = new ObjectMapper();
        ChildProcess.serve(
                System.out,
                Integer.toString(receiver.server.getLocalPort()),
                command -> receiver.answer(command, json));
        System.exit(0);
    }

    private String answer(String command, ObjectMapper json) throws IOException {
        return switch (command) {
            case "report" -> json.writeValueAsString(arrivals.report());
            case "bytes" -> Long.toString(arrivals.wireBytes());
            case "first" -> Long.toString(arrivals.firstArrival());
            case "take" -> {
                Arrivals taken = arrivals;
                arrivals = new Arrivals();
                yield json.writeValueAsString(taken.report());
            }
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
        ServerSocket socket = sockets.createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(address, port));
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
