package dev.skein.node.delivery;

import java.util.ArrayList;
import java.util.List;

/**
 * Brings the answers of an {@link Outlet} back to the event loops: collected, and handed to each loop at once by
 * {@link #flush}. Confined to its owner.
 */
public final class Answers {
    private final List<List<Answer>> byLoop = new ArrayList<>();

    private record Answer(Offer offer, boolean ok) {}

    /** Without answers. */
    public Answers() {}

    /**
     * Answers an offer.
     *
     * @param ok whether the message is taken, so that its publisher may forget it
     */
    public void add(Offer offer, boolean ok) {
        if (!offer.isAwaited()) {
            return;
        }
        int loop = offer.loop().index();
        while (byLoop.size() <= loop) {
            byLoop.add(new ArrayList<>());
        }
        byLoop.get(loop).add(new Answer(offer, ok));
    }

    /** Hands over what was collected. */
    public void flush() {
        for (int i = 0; i < byLoop.size(); i++) {
            List<Answer> answers = byLoop.get(i);
            if (!answers.isEmpty()) {
                byLoop.set(i, new ArrayList<>());
                answers.getFirst()
                        .offer()
                        .loop()
                        .tasks()
                        .execute(() -> answers.forEach(each -> each.offer().answer(each.ok())));
            }
        }
    }
}
