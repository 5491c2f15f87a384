package dev.skein.node.session.lock;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Inputs that wait while a lock is busy; at most {@value #MAX} of those that come from outside. */
final class Waiting {
    static final int MAX = 1000;

    /** Made when something waits for the first time. */
    private @Nullable ArrayDeque<Input> inputs;

    /** Whether {@code input} has to wait in {@code state}. */
    static boolean isFor(State state, Input input) {
        return switch (state) {
            case State.Open _ -> false;
            case State.Leaving _ -> !(isAnswer(input) || input instanceof Input.StopAsked);
            case State.Loading _, State.Searching _, State.Changing _ -> !isAnswer(input);
        };
    }

    private static boolean isAnswer(Input input) {
        return switch (input) {
            case Input.Loaded _, Input.LoadFailed _, Input.NodeAnswered _ -> true;
            case Input.Committed _, Input.ChangeFailed _, Input.TimePassed _ -> true;
            case Input _ -> false;
        };
    }

    private ArrayDeque<Input> inputs() {
        ArrayDeque<Input> now = inputs;
        if (now == null) {
            now = new ArrayDeque<>(4);
            inputs = now;
        }
        return now;
    }

    /** False when too many wait. */
    boolean add(Input input) {
        boolean isAnswer = input instanceof Input.WillsSettled || input instanceof Input.NotNoted;
        if (inputs().size() >= MAX && !isAnswer) {
            return false;
        }
        return inputs().add(input);
    }

    void addFirst(Input input) {
        inputs().addFirst(input);
    }

    @Nullable
    Input peek() {
        return inputs == null ? null : inputs.peek();
    }

    @Nullable
    Input poll() {
        return inputs == null ? null : inputs.poll();
    }

    /** {@code input} is not handled: a claim is refused; a client that is connected stays so, and asks again. */
    static void passOver(Input input, Denial why, Consumer<Effect> effects) {
        if (input instanceof Input.Claimed(var claim) && !claim.resumed()) {
            effects.accept(new Effect.Refuse(claim.connection(), why));
        }
    }

    void passOverAll(Denial why, Consumer<Effect> effects) {
        inputs().forEach(each -> passOver(each, why, effects));
        inputs().clear();
    }

    /** Whether the lock waits to be told that {@code connection} has left. */
    boolean hasLeft(long connection) {
        return detached(connection) != null;
    }

    /** What waits of the end of {@code connection}, or null. */
    Input.@Nullable Detached detached(long connection) {
        if (inputs != null) {
            for (Input each : inputs) {
                if (each instanceof Input.Detached detached && detached.connection() == connection) {
                    return detached;
                }
            }
        }
        return null;
    }

    /** The actor stops: connections claim again from the next one, and questions are put to it. */
    void handOver(@Nullable Claim holder, @Nullable Claim next, Consumer<Effect> effects) {
        reclaim(holder, effects);
        reclaim(next, effects);
        inputs().forEach(each -> {
            if (each instanceof Input.Claimed(var claim)) {
                reclaim(claim, effects);
            } else if (each instanceof Input.Asked(var question)) {
                effects.accept(new Effect.Forward(question));
            } // changes are repeated when the next actor knows the connection
        });
        inputs().clear();
    }

    private void reclaim(@Nullable Claim claim, Consumer<Effect> effects) {
        if (claim != null && !hasLeft(claim.connection().id())) {
            effects.accept(new Effect.Reclaim(claim.connection()));
        }
    }
}
