package dev.skein.node.rule.flow;

/** When the target is tried again, and until when it may answer. */
final class Pause {
    private final ForwardSettings settings;
    /** How long the next pause is. */
    long next;
    /** The end of the last one. */
    long until;
    /** Until when the target may answer what was sent before it failed. */
    long answerBy;
    /** When the target answered last, or was sent something after it had answered all. */
    long heardAt;

    Pause(ForwardSettings settings) {
        this.settings = settings;
        this.next = settings.retryNanos();
    }

    void begin(long now) {
        until = now + next;
        next = Math.min(next * 2, settings.retryMaxNanos());
    }

    void end() {
        next = settings.retryNanos();
    }
}
