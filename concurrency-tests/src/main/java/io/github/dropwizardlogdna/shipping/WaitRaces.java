package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** Threads that wait, and those that must wake them. A lost wake-up is a test that does not end. */
final class WaitRaces {

    private WaitRaces() {}

    /** A thread that found the buffer full, and the one that frees room. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "there is room, and the thread waits")
    @State
    public static class AwaitAgainstRoom {
        private final NotFullCondition notFull = new NotFullCondition();
        private volatile boolean full = true;

        @Actor
        public void loggingThread() {
            notFull.await(() -> full ? AppendResult.FULL : AppendResult.ACCEPTED);
        }

        @Signal
        public void batcher() {
            full = false;
            notFull.signal();
        }
    }

    /** A signal that is raised before, while or after its owner begins to wait. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "the signal is raised, and its owner waits")
    @State
    public static class RaiseAgainstAwait {
        private final WakeSignal wake = new WakeSignal();
        private volatile boolean work;

        @Actor
        public void owner() {
            wake.belongsTo(Thread.currentThread());
            while (!work) {
                wake.await(WakeSignal.FOREVER);
            }
        }

        @Signal
        public void anotherThread() {
            work = true;
            wake.raise();
        }
    }
}
