package dev.skein.node.delivery;

import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An attachment that notes what it is told, such as "deliver text 1" or "push text 2". */
public class TestAttachment implements Attachment {
    private final LoopContext loop;
    private final long sessionId;
    private final SessionKey key;
    private final List<String> heard = new ArrayList<>();
    private final Congestion congestion = new Congestion(TestDelivery.FLOW, new HeldPublishers());
    private boolean closed;
    private int place = -1;

    /** @param sessionId 0: its session is clean */
    public TestAttachment(LoopContext loop, String clientId, long sessionId) {
        this.loop = loop;
        this.sessionId = sessionId;
        this.key = new SessionKey(TestDelivery.INSTANCE, clientId);
    }

    /** What it was told, in its order. */
    public List<String> heard() {
        return heard;
    }

    @Override
    public int loop() {
        return loop.index();
    }

    @Override
    public void deliver(Message message, int qos) {
        heard.add("deliver " + Messages.text(message) + " " + qos);
    }

    @Override
    public void push(MessageId id, Message message, int qos, boolean retain) {
        heard.add("push " + Messages.text(message) + " " + qos);
    }

    @Override
    public void missed() {
        heard.add("missed");
    }

    @Override
    public void lookAgain() {
        heard.add("look again");
    }

    @Override
    public void close(Reason reason, String detail) {
        if (!closed) {
            closed = true;
            heard.add("close " + reason);
        }
    }

    @Override
    public LoopContext context() {
        return loop;
    }

    @Override
    public long sessionId() {
        return sessionId;
    }

    @Override
    public SessionKey key() {
        return key;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Congestion congestion() {
        return congestion;
    }

    @Override
    public void flush() {}

    @Override
    public void checkDeadlines(long now) {}

    @Override
    public long heldBytes() {
        return 0;
    }

    @Override
    public long lastHeard() {
        return 0;
    }

    @Override
    public void tell(ConnectionEvent event) {}

    @Override
    public SessionCommand.@Nullable Attach held() {
        return null;
    }

    @Override
    public boolean isClaimedOn(long uid) {
        return false;
    }

    @Override
    public void reclaim() {}

    @Override
    public int place() {
        return place;
    }

    @Override
    public void place(int next) {
        place = next;
    }
}
