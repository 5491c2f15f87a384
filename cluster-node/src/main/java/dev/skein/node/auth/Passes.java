package dev.skein.node.auth;

import dev.skein.node.auth.FailureLimiter.Pass;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Leave to check what a client knows: of the user at its address, and of the address. */
record Passes(Pass user, Pass whole) {
    /** Asks for both; {@code pass} runs with them, now or later, or {@code refused} does. */
    static void ask(
            FailureLimiter failures,
            FailureLimiter.Key user,
            FailureLimiter.Key whole,
            Consumer<Passes> pass,
            Runnable waits,
            Runnable refused) {
        failures.enter(
                user,
                new Check(
                        first -> failures.enter(
                                whole,
                                new Check(second -> pass.accept(new Passes(first, second)), first, waits, refused)),
                        null,
                        waits,
                        refused));
    }

    boolean isStale() {
        return user.isStale() || whole.isStale();
    }

    void over(boolean failed) {
        user.over(failed);
        whole.over(failed);
    }

    /** @param before to be given back when this one is refused */
    private record Check(Consumer<Pass> then, @Nullable Pass before, Runnable waiting, Runnable full)
            implements FailureLimiter.Check {
        @Override
        public void pass(Pass pass) {
            then.accept(pass);
        }

        @Override
        public void waits() {
            waiting.run();
        }

        @Override
        public void refused() {
            if (before != null) {
                before.over(false);
            }
            full.run();
        }
    }
}
