package io.github.dropwizardlogdna.benchmarks.service;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.github.dropwizardlogdna.LogDnaBundle;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import io.github.dropwizardlogdna.benchmarks.Cpu;
import io.github.dropwizardlogdna.benchmarks.Idle;
import io.github.dropwizardlogdna.benchmarks.Jvm;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.LoggerFactory;

/**
 * The service under load. Its first line on standard output is the port; then it answers commands: {@code state},
 * {@code cpu}, {@code compilation}, and {@code idle SECONDS}.
 *
 * <p>Arguments: the variant, the endpoint, config.yml.
 */
final class OrderService extends Application<Configuration> {

    /**
     * What the process has used.
     *
     * @param requests that it has answered
     * @param heapBytes after a collection
     * @param residentBytes before it
     */
    record State(
            long requests,
            long cpuNanos,
            long heapBytes,
            long residentBytes,
            int threads,
            long classes,
            long firstCallNanos,
            long firstLinesNanos) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Variant variant;
    private final URI endpoint;
    private final OrderResource resource = new OrderResource();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private OrderService(Variant variant, URI endpoint) {
        this.variant = variant;
        this.endpoint = endpoint;
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = Jvm.answers();
        OrderService service = new OrderService(Variant.named(args[0]), URI.create(args[1]));
        service.run("server", args[2]);
        ChildProcess.serve(answers, Integer.toString(service.port.join()), service::answer);
        System.exit(0);
    }

    @Override
    public void initialize(Bootstrap<Configuration> bootstrap) {
        if (variant.isOurs()) {
            bootstrap.addBundle(new LogDnaBundle<>());
        }
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
        variant.addPeer((LoggerContext) LoggerFactory.getILoggerFactory(), endpoint);
        environment.jersey().register(resource);
        environment.lifecycle().addServerLifecycleListener(server -> port.complete(portOf(server)));
    }

    private static int portOf(Server server) {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private String answer(String command) throws IOException, InterruptedException {
        if (command.startsWith("idle ")) {
            return JSON.writeValueAsString(Idle.watch(Double.parseDouble(command.substring(5))));
        }
        if (command.equals("compilation")) {
            return Long.toString(Jvm.compilationMillis());
        }
        if (command.equals("cpu")) {
            return Long.toString(Cpu.ofProcess());
        }
        long resident = statusBytes("VmRSS:");
        long cpu = Cpu.ofProcess();
        System.gc();
        return JSON.writeValueAsString(new State(
                resource.requests(),
                cpu,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                resident,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(),
                resource.firstCallNanos(),
                resource.firstLinesNanos()));
    }

    /** A line of Linux's status of this process, which is in KiB; zero on other systems. */
    private static long statusBytes(String name) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> 1024L * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
