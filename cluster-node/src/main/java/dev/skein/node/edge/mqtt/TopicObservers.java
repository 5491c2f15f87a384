package dev.skein.node.edge.mqtt;

import dev.skein.node.observe.MessageObserver;
import dev.skein.node.observe.Observers;

/**
 * Who hears of the messages of a parent topic; remembers the last, since mostly the next message is of the same.
 * Confined to one event loop.
 */
final class TopicObservers {
    private final Observers all;
    private final String instance;
    private String lastParent = "";
    private MessageObserver last;

    TopicObservers(Observers all, String instance) {
        this.all = all;
        this.instance = instance;
        this.last = all.topic(instance, "");
    }

    MessageObserver of(String parent) {
        if (!parent.equals(lastParent)) {
            last = all.topic(instance, parent);
            lastParent = parent;
        }
        return last;
    }
}
