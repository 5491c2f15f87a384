package dev.skein.node.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.MessagesContract;
import dev.skein.node.link.Frame.Targets;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What links carry: segments with frames of every kind, and acknowledgements. */
class LinkMessagesTest extends MessagesContract {
    private static final byte[] TOPIC = {0, 3, 'a', '/', 'b'};
    private static final Origin ORIGIN = Origin.client(Origin.MQTT, "ö");

    private static final Set<Frame.Kind> PASSED = EnumSet.of(Frame.Kind.PASSED);
    /** Those that the first version had. */
    private static final Set<Frame.Kind> FIRST =
            EnumSet.complementOf(EnumSet.of(Frame.Kind.PASSED, Frame.Kind.SHARED, Frame.Kind.TAKEN));

    private static final Set<Frame.Kind> TAKEN = EnumSet.of(Frame.Kind.TAKEN);

    LinkMessagesTest() {
        super("link.txt");
    }

    @Override
    protected Stream<Object> samples() {
        return Stream.of(
                new LinkMessage.Segment(1, -2, 3, Long.MAX_VALUE, ByteBufUtil.getBytes(frames(false, FIRST)), false),
                new LinkMessage.Segment(1, -2, 3, 5, new byte[] {1}, true),
                new LinkMessage.Acknowledged(1, -2, 3, 4),
                new LinkMessage.Barrier(1, -2, 3, 4, true, List.of("default|a", "default|#")),
                new LinkMessage.Segment(1, -2, 3, 6, ByteBufUtil.getBytes(frames(false, PASSED)), false),
                new LinkMessage.Hold(1, -2, 3, "ü", "a/ß", 2),
                new LinkMessage.Segment(1, -2, 3, 7, ByteBufUtil.getBytes(framesWithMore()), false),
                new LinkMessage.Segment(1, -2, 3, 8, ByteBufUtil.getBytes(shared(0)), false),
                new LinkMessage.Segment(1, -2, 3, 9, ByteBufUtil.getBytes(shared(77)), false),
                new LinkMessage.Segment(1, -2, 3, 10, ByteBufUtil.getBytes(frames(false, TAKEN)), false));
    }

    @Override
    protected Stream<Class<?>> types() {
        return Stream.of(LinkMessage.class);
    }

    private static ByteBuf shared(long ticket) {
        ByteBuf frames = Unpooled.buffer();
        Frame.Header header = new Frame.Header(5, -6, 1, false, false, ORIGIN, null, "$share/ü/a/+", ticket);
        Frame.write(frames, Frame.Kind.SHARED, header, "i", Targets.NONE, TOPIC, new byte[] {9});
        return frames;
    }

    @Test
    void sharedSubscriptionAndTicketOfAFrameAreRead() {
        ByteBuf frames = shared(77);
        Frame.read(frames, new Frame.Recent(), (kind, header, instance, targets, rest) -> {
            assertThat(header.share()).isEqualTo("$share/ü/a/+");
            assertThat(header.ticket()).isEqualTo(77);
        });
        assertThat(frames.isReadable()).isFalse();
    }

    private static ByteBuf frames(boolean once, Set<Frame.Kind> kinds) {
        ByteBuf frames = Unpooled.buffer();
        for (Frame.Kind kind : kinds) {
            Targets targets =
                    kind == Frame.Kind.LIVE ? Targets.NONE : new Targets(new long[] {7, -8}, new byte[] {1, 6});
            Frame.Header header = new Frame.Header(5, -6, 2, true, once);
            Frame.write(frames, kind, header, "ü", targets, TOPIC, "body".getBytes(StandardCharsets.UTF_8));
        }
        return frames;
    }

    private static ByteBuf framesWithMore() {
        ByteBuf frames = Unpooled.buffer();
        for (Properties properties : Arrays.asList(
                null,
                new Properties.Builder().user("ü", "1").expiresAt(77).build(),
                new Properties.Builder().expiresAt(78).build())) {
            Frame.Header header = new Frame.Header(5, -6, 1, false, false, ORIGIN, properties, null, 0);
            Frame.write(frames, Frame.Kind.LIVE, header, "i", Targets.NONE, TOPIC, new byte[] {9});
        }
        return frames;
    }

    @Test
    void originPropertiesAndExpiryAreReadAsTheyWereWritten() {
        List<Object> read = new ArrayList<>();
        ByteBuf frames = framesWithMore();
        Frame.Recent recent = new Frame.Recent();
        while (frames.isReadable()) {
            Frame.read(frames, recent, (kind, header, instance, targets, rest) -> {
                read.add(header.origin() + " " + header.properties());
                assertThat(rest.skipBytes(TOPIC.length).readByte()).isEqualTo((byte) 9);
            });
        }
        assertThat(read)
                .containsExactly(
                        "mqtt:ö null",
                        "mqtt:ö 8 bytes of properties, expires at 77 ms",
                        "mqtt:ö 0 bytes of properties, expires at 78 ms");
    }

    @Test
    void whatALaterVersionAppendsToMoreIsPassedOver() {
        ByteBuf frame = Unpooled.buffer();
        Frame.Header header = new Frame.Header(5, -6, 1, false, false, ORIGIN, null, null, 0);
        Frame.write(frame, Frame.Kind.LIVE, header, "i", Targets.NONE, TOPIC, new byte[] {9});
        int moreAt = 1 + 4 + 8 + 8 + 1 + 2 + 4;
        int moreLength = frame.getInt(moreAt);
        ByteBuf longer = Unpooled.buffer();
        longer.writeBytes(frame.slice(0, moreAt)).writeInt(moreLength + 3);
        longer.writeBytes(frame.slice(moreAt + 4, moreLength)).writeBytes(new byte[] {1, 2, 3});
        longer.writeBytes(frame.slice(moreAt + 4 + moreLength, frame.readableBytes() - moreAt - 4 - moreLength));
        longer.setInt(1, frame.getInt(1) + 3);

        Frame.read(longer, new Frame.Recent(), (kind, read, instance, targets, rest) -> {
            assertThat(read.origin()).isEqualTo(ORIGIN);
            assertThat(rest.skipBytes(TOPIC.length).readByte()).isEqualTo((byte) 9);
        });
    }

    @Test
    void everyKindOfFrameIsReadAsItWasWritten() {
        List<String> read = new ArrayList<>();
        ByteBuf frames = frames(true, EnumSet.allOf(Frame.Kind.class));
        Frame.Recent recent = new Frame.Recent();
        while (frames.isReadable()) {
            Frame.read(frames, recent, (kind, header, instance, targets, rest) -> {
                List<String> to = new ArrayList<>();
                for (int i = 0; i < targets.size(); i++) {
                    to.add(targets.id(i) + ":" + targets.qos(i) + (targets.retain(i) ? "r" : ""));
                }
                byte[] bytes = ByteBufUtil.getBytes(rest.skipBytes(TOPIC.length));
                read.add(kind + " " + header.sequence() + " " + header.writer() + " " + header.qos() + " "
                        + header.retain() + " " + header.once() + " " + instance + " " + to + " "
                        + new String(bytes, StandardCharsets.UTF_8));
            });
        }
        String rest = " 5 -6 2 true true ü [7:1, -8:2r] body";
        assertThat(read)
                .containsExactly(
                        "LIVE 5 -6 2 true true ü [] body",
                        "STORED" + rest,
                        "SESSION" + rest,
                        "CONNECTION" + rest,
                        "LOOK_AGAIN" + rest,
                        "PASSED" + rest,
                        "SHARED" + rest,
                        "TAKEN" + rest);
    }

    @Test
    void instancesThatTakeTurnsKeepTheirNames() {
        List<String> names = List.of("a", "a", "b", "", "b", "bb", "a");
        ByteBuf frames = Unpooled.buffer();
        Frame.Header header = new Frame.Header(1, 1, 0, false, false);
        names.forEach(name -> Frame.write(frames, Frame.Kind.LIVE, header, name, Targets.NONE, TOPIC, new byte[0]));
        Frame.Recent recent = new Frame.Recent();
        List<String> read = new ArrayList<>();
        while (frames.isReadable()) {
            Frame.read(frames, recent, (kind, of, instance, targets, rest) -> read.add(instance));
        }
        assertThat(read).isEqualTo(names);
    }
}
