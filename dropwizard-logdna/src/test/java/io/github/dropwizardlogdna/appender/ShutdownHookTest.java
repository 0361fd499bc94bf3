package io.github.dropwizardlogdna.appender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownHookTest {

    private final ShutdownHook hook = new ShutdownHook();
    private final List<String> events = new ArrayList<>();

    /** The appenders of an application that only record what the hook asks of them. */
    private class Application implements ShutdownHook.Participant {

        private final String name;

        boolean stopped;

        Application(String name) {
            this.name = name;
        }

        @Override
        public void beginShutdown() {
            events.add(name + " begins");
        }

        @Override
        public void stopAll() {
            events.add(name + " stops");
        }

        @Override
        public boolean isStopped() {
            return stopped;
        }
    }

    @Test
    void stopsEachApplicationOnceAllHaveBegun() {
        Application first = new Application("first");
        hook.register(first);
        hook.register(first);
        hook.register(new Application("second"));

        hook.run();

        assertThat(events).containsExactly("first begins", "second begins", "first stops", "second stops");
    }

    @Test
    void forgetsApplicationsThatHaveStopped() {
        Application former = new Application("former");
        hook.register(former);
        former.stopped = true;
        hook.register(new Application("current"));

        hook.run();

        assertThat(events).containsExactly("current begins", "current stops");
    }

    @Test
    void keepsAnApplicationThatRegistersAgainJustAsItIsForgotten() throws InterruptedException {
        Thread[] again = new Thread[1];
        Application application = new Application("application") {
            @Override
            public boolean isStopped() {
                if (again[0] == null) {
                    again[0] = new Thread(() -> hook.register(this), "registers-again");
                    again[0].start();
                    await().until(() -> again[0].getState() == Thread.State.WAITING || !again[0].isAlive());
                    return true; // as it was when it was asked
                }
                return false;
            }
        };
        hook.register(application);
        hook.register(new Application("other"));
        again[0].join();

        hook.run();

        assertThat(events).contains("application stops", "other stops");
    }
}
