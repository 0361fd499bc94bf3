package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ClassPackagingData;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StackTracesTest {

    private final StackTraces stackTraces = new StackTraces();

    @Test
    void printsTheSameAsLogbackAfterAnyOtherTrace() {
        Random random = new Random(20261123);
        List<Throwable> made = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Throwable throwable = made.isEmpty() || random.nextInt(4) > 0
                    ? throwable(random, random.nextInt(4))
                    : made.get(random.nextInt(made.size()));
            made.add(throwable);
            printsAsLogback(new ThrowableProxy(throwable));
        }
    }

    @Test
    void printsFramesThatAreTooLongToCache() {
        StackTraceElement longFrame = new StackTraceElement("com.example." + "Long".repeat(100), "run", "A.java", 1);
        for (int i = 0; i < 2; i++) {
            printsAsLogback(new ThrowableProxy(withFrames(new Exception("failed"), longFrame)));
        }
    }

    @Test
    @SuppressWarnings("deprecation") // but printed as long as it is there
    void printsThePackagingOfTheFrames() {
        for (int i = 0; i < 2; i++) {
            ThrowableProxy proxy = new ThrowableProxy(new Exception("failed"));
            StackTraceElementProxy first = proxy.getStackTraceElementProxyArray()[0];
            first.setClassPackagingData(new ClassPackagingData("orders.jar", "1." + i, i == 0));
            assertThat(printsAsLogback(proxy)).contains("orders.jar:1." + i);
        }
    }

    @Test
    @SuppressWarnings("OverrideThrowableToString") // applications do
    void printsTheToStringOfAnException() {
        Exception exception = new Exception("failed") {
            @Override
            public String toString() {
                return "something else";
            }
        };
        printsAsLogback(new ThrowableProxy(exception));
    }

    @Test
    void keepsTheLineBreaksOfTheMessage() {
        ThrowableProxy bare = new ThrowableProxy(withFrames(new Exception("failed\r\n\n")));
        assertThat(stackTraces.append("why?\n", bare))
                .isEqualTo("why?\n" + System.lineSeparator() + "java.lang.Exception: failed");
    }

    private String printsAsLogback(ThrowableProxy proxy) {
        String trace = LineText.withoutTrailingLineBreaks(ThrowableProxyUtil.asString(proxy));
        String text = stackTraces.append("Order 1 was not created", proxy);
        assertThat(text).isEqualTo("Order 1 was not created" + System.lineSeparator() + trace);
        return text;
    }

    /** With causes, suppressed exceptions, cycles, and many similar frames. */
    private static Throwable throwable(Random random, int depth) {
        Exception throwable =
                withFrames(new Exception(random.nextBoolean() ? "message " + random.nextInt(9) : null), frames(random));
        if (depth > 0 && random.nextInt(4) > 0) {
            throwable.initCause(throwable(random, depth - 1));
        }
        for (int i = random.nextInt(3) * depth; i > 0; i -= 2) {
            throwable.addSuppressed(random.nextInt(8) == 0 ? cycle() : throwable(random, depth - 1));
        }
        return throwable;
    }

    private static Exception cycle() {
        Exception a = new Exception("a");
        a.initCause(new Exception("b", a));
        return a;
    }

    private static StackTraceElement[] frames(Random random) {
        StackTraceElement[] frames = new StackTraceElement[random.nextInt(40)];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new StackTraceElement(
                    random.nextInt(5) == 0 ? "app" : null,
                    random.nextInt(5) == 0 ? "orders" : null,
                    random.nextInt(5) == 0 ? "1.0" : null,
                    "com.example.Class" + random.nextInt(20),
                    "method" + random.nextInt(5),
                    random.nextInt(9) == 0 ? null : "Class.java",
                    random.nextInt(20) - 3); // -2 is a native method
        }
        return frames;
    }

    private static Exception withFrames(Exception exception, StackTraceElement... frames) {
        exception.setStackTrace(frames);
        return exception;
    }
}
