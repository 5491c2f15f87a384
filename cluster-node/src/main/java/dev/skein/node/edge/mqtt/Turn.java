package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Budget;
import dev.skein.node.delivery.LoopContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection's turn at one of the node's budgets. Confined to its event loop, but for what the budget calls. */
final class Turn implements Budget.Waiter {
    private final Budget budget;
    private final Object party;
    private final LoopContext context;
    private final Consumer<Budget.State> refused;
    private Budget.@Nullable Ticket ticket;
    private @Nullable Runnable next;
    private long begun;

    /**
     * @param party whose connection it is, such as its address
     * @param refused told {@code FULL} or {@code OVERDUE}, on the loop
     */
    Turn(Budget budget, Object party, LoopContext context, Consumer<Budget.State> refused) {
        this.party = party;
        this.budget = budget;
        this.context = context;
        this.refused = refused;
        this.begun = System.nanoTime();
    }

    /** Runs {@code go} when there is room, maybe at once, unless it is {@link #over} before. */
    void take(Runnable go) {
        next = go;
        Budget.Ticket asked = budget.enter(party, this);
        ticket = asked;
        switch (asked.entered()) {
            case ADMITTED -> go();
            case FULL -> refuse(Budget.State.FULL);
            case WAITING, OVERDUE, DONE -> {
                // The budget calls.
            }
        }
    }

    @Override
    public void admitted(Budget.Ticket now) {
        context.execute(this::go);
    }

    @Override
    public void overdue(Budget.Ticket late) {
        context.execute(() -> refuse(Budget.State.OVERDUE));
    }

    private void go() {
        Runnable go = next;
        if (go != null) {
            next = null;
            begun = System.nanoTime();
            go.run();
        }
    }

    private void refuse(Budget.State state) {
        if (next != null) {
            next = null;
            refused.accept(state);
        }
    }

    /** How long nothing was done: 0 while it waits for its turn, which is not the client's fault. */
    long silence(long now, long lastHeard) {
        return next != null ? 0 : Math.min(now - lastHeard, now - begun);
    }

    /** The work has to wait for others from now on. */
    void mayLapse() {
        if (ticket != null) { // else it is over
            ticket.mayLapse();
        }
    }

    /** The work waits for what is no turn's: its place is the next one's from now on. {@link #takeAgain} follows. */
    void giveBack() {
        Budget.Ticket now = ticket;
        if (now != null) {
            ticket = null;
            now.done();
        }
    }

    /** As {@link #take} when it was given back, else runs {@code go} at once. */
    void takeAgain(Runnable go) {
        if (ticket == null) {
            take(go);
        } else {
            go.run();
        }
    }

    /** The work is done or is not wanted any more. */
    void over() {
        next = null;
        giveBack();
    }
}
