package dev.skein.node.session.lock;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Inputs that wait while a lock is busy; at most {@value #MAX} of those that come from outside. */
final class Waiting {
    static final int MAX = 1000;

    /** Made when something waits for the first time. */
    private @Nullable ArrayDeque<Input> inputs;

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
        if (inputs().size() >= MAX && !(input instanceof Input.WillsSettled)) {
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

    boolean isEmpty() {
        return inputs == null || inputs.isEmpty();
    }
}
