package io.github.dropwizardlogdna;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.github.dropwizardlogdna.local.LocalLogDna;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs {@value #LINES} lines to each of two loggers in every phase of its life: {@code run}, {@code main} (the command has
 * returned, which a server's does once it has started), {@code request}, {@code stop}, {@code command}, {@code exit}.
 */
public final class ChattyApplication extends Application<ChattyApplication.Settings> {

    static final String KEY = "0123456789abcdef0123456789abcdef";
    static final int LINES = 300;
    /** A logger that has its appenders from the root. */
    static final String PLAIN = "plain";
    /** A logger that the configurations below give an appender of its own. */
    static final String AUDIT = "audit";
    /** What {@link #main} prints when a server has started and all phases before the first request are over. */
    static final String READY = "ready on port (\\d+)";
    /** The command that logs, and ends with its input. */
    static final String COMMAND = "chat";
    /** {@code -D} this: no bundle. */
    static final String WITHOUT_BUNDLE = "without-bundle";
    /** {@code -D} this: {@link #main} ends with {@code System.exit(4)}. */
    static final String EXIT_FROM_MAIN = "exit-from-main";

    private static final Logger PLAIN_LOG = LoggerFactory.getLogger(PLAIN);
    private static final Logger AUDIT_LOG = LoggerFactory.getLogger(AUDIT);

    private int port;

    public static void main(String[] arguments) throws Exception {
        ChattyApplication application = new ChattyApplication();
        application.run(arguments);
        chat("main");
        System.out.println("ready on port " + application.port);
        if (Boolean.getBoolean(EXIT_FROM_MAIN)) {
            System.exit(4);
        }
    }

    @Override
    public void initialize(Bootstrap<Settings> bootstrap) {
        if (!Boolean.getBoolean(WITHOUT_BUNDLE)) {
            bootstrap.addBundle(new LogDnaBundle<>());
        }
        bootstrap.addCommand(new ChatCommand());
    }

    @Override
    public void run(Settings settings, Environment environment) {
        chat("run");
        if (settings.failInRun) {
            throw new IllegalStateException("as the test asked for");
        }
        environment.jersey().register(new ChatResource());
        environment.lifecycle().manage(new Managed() {
            @Override
            public void stop() {
                chat("stop");
            }
        });
        environment.lifecycle().addServerLifecycleListener(server -> {
            port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        });
    }

    static void chat(String phase) {
        textsOf(phase).forEach(text -> {
            PLAIN_LOG.info(text);
            AUDIT_LOG.info(text);
        });
    }

    /** What each logger is given in these phases. */
    static List<String> textsOf(String... phases) {
        return Stream.of(phases)
                .flatMap(phase -> IntStream.range(0, LINES).mapToObj(i -> phase + " " + i))
                .toList();
    }

    /** A configuration: the root, the logger {@value #AUDIT} and the request log have an appender each. */
    static String configuration(LocalLogDna endpoint, String options) {
        return """
                server:
                  shutdownGracePeriod: 5s
                  applicationConnectors: [{type: http, port: 0, bindHost: localhost}]
                  adminConnectors: [{type: http, port: 0, bindHost: localhost}]
                  requestLog:
                    appenders:
                      - %s
                logging:
                  level: INFO
                  loggers:
                    audit:
                      additive: false
                      appenders:
                        - %s
                  appenders:
                    - {type: console, threshold: WARN}
                    - %s
                """.formatted(
                        appender(endpoint, "requests", options),
                        appender(endpoint, "audit", options),
                        appender(endpoint, "root", options));
    }

    static String appender(LocalLogDna endpoint, String name, String options) {
        return "{type: logdna, name: %s, ingestionKey: %s, endpoint: '%s', %s}"
                .formatted(name, KEY, endpoint.url(), options);
    }

    public static final class Settings extends Configuration {
        @JsonProperty
        private boolean failInRun;
    }

    @Path("/")
    public static final class ChatResource {

        @GET
        @Path("chat")
        public Response chatALittle() {
            chat("request");
            // Jetty's graceful shutdown would wait a second for a connection that is kept alive.
            return Response.ok("done").header("Connection", "close").build();
        }

        @GET
        @Path("exit")
        public String exit() {
            chat("exit");
            System.exit(3);
            return "never";
        }
    }

    private static final class ChatCommand extends ConfiguredCommand<Settings> {

        ChatCommand() {
            super(COMMAND, "Logs, and ends with its input");
        }

        @Override
        protected void run(Bootstrap<Settings> bootstrap, Namespace namespace, Settings settings) throws IOException {
            chat("command");
            System.in.readAllBytes();
        }
    }
}
