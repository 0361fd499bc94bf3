package io.github.dropwizardlogdna.local;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the endpoint on its own: {@code java -jar local-logdna.jar}. */
public final class LocalLogDnaServer {

    private static final String USAGE = """
            Takes what LogDNA clients send, prints it, and shows it on a web page. Options:
              --port N         the port to listen on; 0 for any free one (8082)
              --bind ADDRESS   the address to listen on; 0.0.0.0 accepts connections from the network (127.0.0.1)
              --hosts A,B      other host names of this endpoint (localhost)
              --key KEY        the only ingestion key that is accepted (any)
              --max-lines N    the number of past lines that a newly opened page shows, up to 50000 (50000)
            """;

    private static final int DEFAULT_PORT = 8_082;
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private LocalLogDnaServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        try {
            start(settings(arguments), System.out);
        } catch (IllegalArgumentException e) {
            fail(e.getMessage() + System.lineSeparator() + USAGE);
        } catch (IOException e) {
            fail("Can't listen: " + e.getMessage() + ". Choose a free port with --port, or an address of this machine"
                    + " with --bind.");
        }
        // Runs until SIGTERM or Ctrl-C.
        new CountDownLatch(1).await();
    }

    private static void fail(String reason) {
        System.err.println(reason);
        System.exit(2);
    }

    static IngestionEndpoint start(EndpointSettings settings, PrintStream out) throws IOException {
        IngestionEndpoint endpoint = IngestionEndpoint.start(settings, new BatchPrinter(out, ZoneId.systemDefault()));
        out.println(BatchPrinter.PREFIX + "Send logs to " + endpoint.url() + ", with "
                + (settings.ingestionKey() == null ? "any ingestion key" : "the key given by --key")
                + ". They are shown here and at " + endpoint.tailUrl());
        if (!settings.bind().isLoopbackAddress()) {
            out.println(BatchPrinter.PREFIX
                    + "Anyone who can reach this machine can read the lines: --bind is not a loopback address.");
        }
        return endpoint;
    }

    static EndpointSettings settings(String... arguments) {
        EndpointSettings settings = EndpointSettings.onPort(DEFAULT_PORT);
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (!Set.of("--port", "--bind", "--hosts", "--key", "--max-lines").contains(option)) {
                throw new IllegalArgumentException("There is no option " + option + ".");
            }
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value.");
            }
            String value = rest.next();
            if (value.isBlank()) {
                throw new IllegalArgumentException(option + " must not be empty.");
            }
            settings = with(option, value, settings);
        }
        return settings;
    }

    private static EndpointSettings with(String option, String value, EndpointSettings settings) {
        return switch (option) {
            case "--port" -> settings.withPort(number(option, value, 0, 65_535));
            case "--bind" -> settings.withBind(address(value));
            case "--hosts" -> settings.withHosts(hostNames(value));
            case "--key" -> settings.withIngestionKey(value);
            default -> settings.withMaxLines(number(option, value, 1, 50_000));
        };
    }

    private static int number(String option, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(option + " must be a number from " + least + " to " + most + ": " + value);
    }

    private static Set<String> hostNames(String value) {
        return Stream.of(value.split(",", -1))
                .map(String::strip)
                .peek(name -> {
                    if (!HOST_NAME.matcher(name).matches()) {
                        throw new IllegalArgumentException(
                                "--hosts must be host names, separated by commas, without scheme and port: " + value);
                    }
                })
                .collect(Collectors.toSet());
    }

    private static InetAddress address(String value) {
        try {
            return InetAddress.getByName(value);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--bind must be an address of this machine: " + value, e);
        }
    }
}
