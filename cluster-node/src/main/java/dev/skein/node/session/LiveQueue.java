package dev.skein.node.session;

import dev.skein.protocol.message.Message;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Live messages that wait in memory for one connection, in three lanes: what waits for the window holds nothing back
 * that does not. Each lane keeps its order, which is that of what one publisher sends to one topic at one QoS
 * [MQTT-4.6.0-6]; between lanes the older message goes first. Confined to the event loop of the connection.
 *
 * <p>The bounds of {@link FlowSettings} hold for all lanes together; a message that is alone always fits. What was
 * published at QoS 0 goes first when there is too much. What was published at QoS 1 or 2 is acknowledged to its
 * publisher: it may exceed the bounds by {@link FlowSettings#UNDER_WAY_BYTES} while publishers wait for the client.
 */
final class LiveQueue {
    /** Published at QoS 0. */
    private static final int UNACKNOWLEDGED = 0;
    /** Published at QoS 1 or 2, delivered at QoS 0. */
    private static final int WITHOUT_WINDOW = 1;
    /** Delivered at QoS 1 or 2. */
    private static final int WINDOW = 2;

    private final FlowSettings settings;
    private final ArrayDeque<Waiting> unacknowledged = new ArrayDeque<>(0);
    private final ArrayDeque<Waiting> withoutWindow = new ArrayDeque<>(0);
    private final ArrayDeque<Waiting> window = new ArrayDeque<>(0);
    private long arrivals;
    private long bytes;
    private long unacknowledgedBytes;

    /** One message and how it is to be delivered; {@code arrival} counts. */
    record Waiting(Message message, int qos, boolean retain, boolean replayed, long arrival) {
        private int lane() {
            return lane(message, qos);
        }

        private static int lane(Message message, int qos) {
            if (qos > 0) {
                return WINDOW;
            }
            return message.qos() > 0 ? WITHOUT_WINDOW : UNACKNOWLEDGED;
        }
    }

    LiveQueue(FlowSettings settings) {
        this.settings = settings;
    }

    private ArrayDeque<Waiting> lane(int lane) {
        return switch (lane) {
            case UNACKNOWLEDGED -> unacknowledged;
            case WITHOUT_WINDOW -> withoutWindow;
            default -> window;
        };
    }

    /** Whether nothing waits that a message would overtake. */
    boolean hasNothingBefore(Message message, int qos) {
        return lane(Waiting.lane(message, qos)).isEmpty();
    }

    /** Whether messages of QoS 1 or 2 wait. */
    boolean hasWindow() {
        return !window.isEmpty();
    }

    void add(Message message, int qos, boolean retain, boolean replayed) {
        Waiting last = new Waiting(message, qos, retain, replayed, ++arrivals);
        lane(last.lane()).add(last);
        bytes += size(message);
        unacknowledgedBytes += last.lane() == UNACKNOWLEDGED ? size(message) : 0;
    }

    /**
     * The oldest message that may be sent now, or null.
     *
     * @param windowOpen whether messages of QoS 1 and 2 may be sent
     */
    @Nullable
    Waiting next(boolean windowOpen) {
        Waiting next = older(unacknowledged.peek(), withoutWindow.peek());
        return windowOpen ? older(next, window.peek()) : next;
    }

    private static @Nullable Waiting older(@Nullable Waiting a, @Nullable Waiting b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.arrival() < b.arrival() ? a : b;
    }

    /** Takes out what {@link #next} has shown. */
    void remove(Waiting next) {
        lane(next.lane()).remove();
        bytes -= size(next.message());
        unacknowledgedBytes -= next.lane() == UNACKNOWLEDGED ? size(next.message()) : 0;
    }

    /**
     * What has to go because there is too much, or null when there is not; {@link #remove} follows.
     *
     * @param publishersWait whether those who publish at QoS 1 and 2 wait for the client before more comes
     */
    @Nullable
    Waiting excess(boolean publishersWait) {
        int size = size();
        if (size <= settings.queueMessages() && (bytes <= settings.queueBytes() || size == 1)) {
            return null;
        }
        if (!unacknowledged.isEmpty()) {
            return unacknowledged.peek();
        }
        return publishersWait && isBelowReserve() ? null : older(withoutWindow.peek(), window.peek());
    }

    private boolean isBelowReserve() {
        long weight = bytes + (long) size() * FlowSettings.MESSAGE_BYTES;
        long bound = settings.queueBytes() + (long) settings.queueMessages() * FlowSettings.MESSAGE_BYTES;
        return weight <= bound + FlowSettings.UNDER_WAY_BYTES;
    }

    /** Calls {@code action} with each message that waits. */
    void forEach(Consumer<Message> action) {
        for (int lane = UNACKNOWLEDGED; lane <= WINDOW; lane++) {
            lane(lane).forEach(each -> action.accept(each.message()));
        }
    }

    int size() {
        return unacknowledged.size() + acknowledged();
    }

    /** Messages that were published at QoS 1 or 2. */
    int acknowledged() {
        return withoutWindow.size() + window.size();
    }

    /** Bytes of {@link #acknowledged}. */
    long acknowledgedBytes() {
        return bytes - unacknowledgedBytes;
    }

    /** Body and topic, as {@code skein.mqtt.queue.max-bytes} counts. */
    static long size(Message message) {
        return message.bytes();
    }
}
