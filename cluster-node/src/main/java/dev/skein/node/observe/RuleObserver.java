package dev.skein.node.observe;

/** Hears what the target of one rule does with its messages. Called on any thread; must not block. */
public interface RuleObserver {
    /** Nobody hears. */
    RuleObserver NOBODY = (_, _, _, _) -> {};

    /**
     * The target has answered.
     *
     * @param id text of the message's identity
     * @param topic that it was published on; empty when it is not known
     * @param clientId its publisher; empty for none
     * @param refused why the target will never take it; empty: it has taken it
     */
    void answered(String id, String topic, String clientId, String refused);
}
