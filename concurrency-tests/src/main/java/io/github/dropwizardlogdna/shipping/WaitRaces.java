package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** Threads that wait, and the ones that must wake them. A lost wake-up is a test that does not end. */
final class WaitRaces {

    private WaitRaces() {}

    /** A thread that found the buffer full, and the one that makes room. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "there is room, and the thread waits")
    @State
    public static class AwaitAgainstRoom {
        private final Room room = new Room();
        private volatile boolean full = true;

        @Actor
        public void loggingThread() {
            room.await(() -> full ? Admission.FULL : Admission.ACCEPTED);
        }

        @Signal
        public void batcher() {
            full = false;
            room.made();
        }
    }

    /** A thread that waits for room, and the shutdown that lets it go. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "shutdown has begun, and the thread waits")
    @State
    public static class AwaitAgainstClose {
        private final Room room = new Room();

        @Actor
        public void loggingThread() {
            room.await(() -> Admission.FULL);
        }

        @Signal
        public void shutdown() {
            room.close();
        }
    }

    /** A signal that is raised before, while or after its owner begins to wait. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "the signal is raised, and its owner waits")
    @State
    public static class RaiseAgainstAwait {
        private final io.github.dropwizardlogdna.shipping.Signal wake =
                new io.github.dropwizardlogdna.shipping.Signal();
        private volatile boolean work;

        @Actor
        public void owner() {
            wake.belongsTo(Thread.currentThread());
            while (!work) {
                wake.await(io.github.dropwizardlogdna.shipping.Signal.FOREVER);
            }
        }

        @Signal
        public void anotherThread() {
            work = true;
            wake.raise();
        }
    }
}
