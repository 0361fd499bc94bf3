package io.github.dropwizardlogdna.benchmarks;

import io.github.dropwizardlogdna.benchmarks.receiver.Marks;
import jakarta.annotation.Nullable;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.MDC;

/**
 * The lines of one thread of an order service: requests of one or two lines each, from ten templates with three
 * arguments, with the request and the user in the MDC, and an exception in one of 500 lines. As LogDNA's JSON they gzip
 * about 4 : 1. They are prepared, so that only the logging is measured, and repeat after 4,096 lines, far beyond the
 * 32 KiB that deflate looks back.
 *
 * <p>Each line carries one of the {@link Marks}. One line in 1,000 is a probe, with the time when it was logged. Not
 * thread-safe: each thread has its own.
 */
public final class Traffic {

    public static final String REQUEST = "requestId";
    public static final String USER = "user";

    private static final int CALLS = 1 << 12;
    private static final int PROBE_EVERY = 1_000;
    private static final int FIRST_PROBE = 100;
    private static final int EXCEPTION_EVERY = 500;

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

    private static final List<Template> TEMPLATES = List.of(
            template("api.OrderResource", "POST /orders?cart={UUID} from {IP}, trace {TOKEN}"),
            template("orders.OrderService", "Order {UUID} created for customer {SESSION}, total {AMOUNT} EUR"),
            template("stock.StockService", "Reserved {ARTICLE} for {UUID}, lock {SESSION}"),
            template("payments.PaymentClient", "Payment {UUID} of {AMOUNT} EUR authorised, reference {SESSION}"),
            template("payments.PaymentClient", "GET https://pay.example.com/v2/{UUID}/{SESSION} answered {STATUS}"),
            template("orders.OrderRepository", "select from orders where id = {UUID} and key = {SESSION} took {MS} ms"),
            template("shipping.ParcelService", "Parcel {TRACKING} for order {UUID} handed over by {SESSION}"),
            template("api.SessionFilter", "User agent {AGENT} at {TOKEN} has session {SESSION}"),
            template("cache.PriceCache", "Price of {ARTICLE} refreshed to {UUID}, version {TOKEN}"),
            template("mail.Mailer", "Confirmation {TOKEN} for order {ORDER} queued as {SESSION}"));

    private record Template(String logger, String text, List<Kind> kinds) {

        Object argument(int index, SplittableRandom random) {
            return kinds.get(index).argument(random);
        }
    }

    private static Template template(String logger, String text) {
        List<Kind> kinds = PLACEHOLDER
                .matcher(text)
                .results()
                .map(placeholder -> Kind.valueOf(placeholder.group(1)))
                .toList();
        return new Template(logger, PLACEHOLDER.matcher(text).replaceAll("{}"), kinds);
    }

    /** A call of a logger; the request is null if it is that of the call before. */
    private record Call(
            Logger logger,
            String text,
            Object first,
            Object second,
            Object third,
            @Nullable Throwable thrown,
            @Nullable Request request) {}

    private record Request(String id, String user) {}

    private final Call[] calls = new Call[CALLS];
    private final Logger probes;
    private int next;
    private int untilProbe;

    private Traffic(ILoggerFactory loggers, long seed, String mark) {
        // No probes in a warm-up: they would be counted.
        untilProbe = mark.equals(Marks.LINE) ? FIRST_PROBE : Integer.MAX_VALUE;
        SplittableRandom random = new SplittableRandom(seed);
        probes = loggers.getLogger("com.example.Probe");
        int left = 0;
        for (int i = 0; i < CALLS; i++) {
            Request request = null;
            if (left-- == 0) {
                left = random.nextInt(1, 3);
                request = new Request(Kind.UUID.text(random), Kind.SESSION.text(random));
            }
            calls[i] = i % EXCEPTION_EVERY == EXCEPTION_EVERY / 2
                    ? failure(loggers, random, request, mark)
                    : ordinary(loggers, random, request, mark);
        }
    }

    /** Lines to be measured. */
    public static Traffic counted(ILoggerFactory loggers, long seed) {
        return new Traffic(loggers, seed, Marks.LINE);
    }

    /** Lines for a warm-up, which the receiving end does not count. */
    public static Traffic uncounted(ILoggerFactory loggers, long seed) {
        return new Traffic(loggers, seed, Marks.UNCOUNTED);
    }

    private static Call ordinary(
            ILoggerFactory loggers, SplittableRandom random, @Nullable Request request, String mark) {
        Template template = TEMPLATES.get(random.nextInt(TEMPLATES.size()));
        return new Call(
                loggers.getLogger("com.example." + template.logger),
                template.text + " " + mark,
                template.argument(0, random),
                template.argument(1, random),
                template.argument(2, random),
                null,
                request);
    }

    private static Call failure(
            ILoggerFactory loggers, SplittableRandom random, @Nullable Request request, String mark) {
        Exception cause = Failures.timeout(random.nextInt(4, 12));
        Exception thrown =
                Failures.wrapped("payment " + Kind.UUID.text(random) + " failed", cause, random.nextInt(8, 20));
        return new Call(
                loggers.getLogger("com.example.payments.PaymentService"),
                "Could not take payment for order {}: {} EUR, attempt {} " + mark,
                Kind.ORDER.argument(random),
                Kind.AMOUNT.argument(random),
                Kind.SMALL.argument(random),
                thrown,
                request);
    }

    /** Begins a request if the next line belongs to a new one; not a part of the call that is timed. */
    void beforeNext() {
        Request request = calls[next].request;
        if (request != null) {
            MDC.put(REQUEST, request.id);
            MDC.put(USER, request.user);
        }
    }

    /** Logs the next line. */
    void log() {
        if (--untilProbe == 0) {
            untilProbe = PROBE_EVERY;
            probes.info("Probe {} of {} at " + Marks.PROBE + "{}", PROBE_EVERY, next, System.nanoTime());
            return;
        }
        Call call = calls[next];
        next = (next + 1) & (CALLS - 1);
        if (call.thrown == null) {
            call.logger.info(call.text, call.first, call.second, call.third);
        } else {
            call.logger.error(call.text, call.first, call.second, call.third, call.thrown);
        }
    }

    /** Kinds of values for placeholders. */
    private enum Kind {
        IP,
        SMALL,
        MS,
        ORDER,
        AMOUNT,
        ARTICLE,
        UUID,
        STATUS,
        TRACKING,
        AGENT,
        SESSION,
        TOKEN;

        private static final List<String> AGENTS = List.of(
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "okhttp/4.12.0",
                "orders-ios/7.4.1 CFNetwork/1494.0.7 Darwin/23.4.0",
                "curl/8.5.0");

        Object argument(SplittableRandom random) {
            return switch (this) {
                case SMALL -> random.nextInt(1, 60);
                case MS -> random.nextInt(1, 1_500);
                case STATUS -> random.nextInt(50) == 0 ? 503 : 200;
                case AMOUNT -> random.nextInt(100, 99_999) / 100.0;
                default -> text(random);
            };
        }

        String text(SplittableRandom random) {
            return switch (this) {
                case IP -> "10.12." + random.nextInt(256) + "." + random.nextInt(256);
                case ORDER -> "O-2026-" + random.nextInt(1_000_000, 9_999_999);
                case ARTICLE -> "SKU-" + random.nextInt(1_000, 9_999) + "-" + (char) ('A' + random.nextInt(26));
                case UUID -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
                case TRACKING -> String.format(Locale.ROOT, "JD%014d", random.nextLong(1L << 45));
                case AGENT -> AGENTS.get(random.nextInt(AGENTS.size()));
                case SESSION -> Long.toString(random.nextLong(1L << 60), 36);
                case TOKEN -> Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
                default -> String.valueOf(argument(random));
            };
        }
    }

    /** Exceptions with stacks as deep as those of a service. */
    private static final class Failures {

        private Failures() {}

        static Exception timeout(int depth) {
            return depth == 0 ? new IllegalStateException("Read timed out") : timeout(depth - 1);
        }

        static Exception wrapped(String message, Exception cause, int depth) {
            return depth == 0 ? new IllegalStateException(message, cause) : wrapped(message, cause, depth - 1);
        }
    }
}
