package dev.skein.node.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ends of a stream with a network between them that loses, delays, repeats and reorders. */
class LinkSimulationTest {
    private static final int SCHEDULES = 2_000;
    private static final int STEPS = 400;
    private static final byte[] TOPIC = {0, 1, 'a'};

    static LongStream seeds() {
        return LongStream.range(0, 20).map(i -> i * SCHEDULES / 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyFrameArrivesOnceAndInOrder(long first) {
        for (long seed = first; seed < first + SCHEDULES / 20; seed++) {
            new Schedule(seed).run();
        }
    }

    @Test
    void frameLargerThanASegmentArrivesWhole() {
        List<Integer> sizes = new ArrayList<>();
        InboundStream in = new InboundStream((kind, header, instance, targets, rest) -> {
            rest.skipBytes(TOPIC.length);
            sizes.add(rest.readableBytes());
        });
        List<byte[]> sent = new ArrayList<>();
        OutboundStream out = new OutboundStream((_, bytes, _) -> sent.add(bytes));
        int size = OutboundStream.SEGMENT_MAX * 3 + 17;
        out.write(
                Frame.Kind.LIVE,
                new Frame.Header(1, 2, 1, false, false),
                "i",
                Frame.Targets.NONE,
                TOPIC,
                new byte[size]);
        out.flush();

        assertThat(sent).hasSize(4);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(in.take(i + 1, sent.get(i))).isTrue();
        }
        assertThat(sizes).containsExactly(size);
    }

    @Test
    void whoWaitsIsToldWhenTheOtherEndIsGone() {
        List<String> told = new ArrayList<>();
        OutboundStream out = new OutboundStream((_, _, _) -> {});
        out.write(
                Frame.Kind.LIVE, new Frame.Header(1, 2, 1, false, false), "i", Frame.Targets.NONE, TOPIC, new byte[1]);
        out.whenAccepted(() -> told.add("first"));
        out.flush();
        out.whenAccepted(() -> told.add("second"));
        out.end();
        out.whenAccepted(() -> told.add("third"));

        assertThat(told).containsExactly("first", "second", "third");
        assertThat(out.pendingBytes()).isZero();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Segment(long sequence, byte[] bytes, boolean awaited) {}

    private static final class Schedule implements Frame.Receiver {
        private final Random random;
        private final String seed;
        private final List<Segment> toReceiver = new ArrayList<>();
        private final List<Long> toSender = new ArrayList<>();
        private final List<String> received = new ArrayList<>();
        private final OutboundStream out = new OutboundStream(this::carry);
        private final InboundStream in = new InboundStream(this);
        private final boolean[] accepted = new boolean[STEPS];
        private int written;
        private int awaited;

        private Schedule(long seed) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
        }

        private void carry(long sequence, byte[] bytes, boolean awaited) {
            if (random.nextInt(10) > 1) {
                toReceiver.add(new Segment(sequence, bytes, awaited));
            }
            if (random.nextInt(10) == 0) {
                toReceiver.add(new Segment(sequence, bytes, awaited));
            }
        }

        private void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            for (int round = 0; round < 1_000 && received.size() < written; round++) {
                out.resend();
                do {
                    arrive();
                } while (!toReceiver.isEmpty());
                while (!toSender.isEmpty()) {
                    acknowledge();
                }
            }
            out.acknowledged(in.tell());
            assertThat(received).as(seed).hasSize(written);
            assertThat(awaited).as(seed).isZero();
            for (int i = 0; i < written; i++) {
                assertThat(received.get(i)).as(seed).isEqualTo("m" + i);
            }
        }

        private void step() {
            switch (random.nextInt(6)) {
                case 0, 1 -> write();
                case 2 -> out.flush();
                case 3 -> arrive();
                case 4 -> acknowledge();
                default -> out.resend();
            }
        }

        private void write() {
            int number = written++;
            byte[] payload = ("m" + number).getBytes(UTF_8);
            Frame.Header header = new Frame.Header(number, 7, 1, false, false);
            out.write(Frame.Kind.CONNECTION, header, "i", Frame.Targets.of(number, 1, true), TOPIC, payload);
            if (random.nextBoolean()) {
                awaited++;
                out.whenAccepted(() -> {
                    assertThat(received).as(seed).hasSizeGreaterThan(number);
                    assertThat(accepted[number]).as(seed).isFalse();
                    accepted[number] = true;
                    awaited--;
                });
            }
            if (random.nextBoolean()) {
                out.flush();
            }
        }

        private void arrive() {
            out.flush();
            if (!toReceiver.isEmpty()) {
                Segment segment = toReceiver.remove(random.nextInt(toReceiver.size()));
                boolean next = in.take(segment.sequence(), segment.bytes());
                boolean swept = in.hasUntold() && random.nextInt(10) == 0;
                if (segment.awaited() || !next || in.shouldTell() || swept) {
                    toSender.add(in.tell());
                }
            }
        }

        private void acknowledge() {
            if (!toSender.isEmpty()) {
                long upTo = toSender.remove(random.nextInt(toSender.size()));
                if (random.nextInt(5) > 0) {
                    out.acknowledged(upTo);
                }
            }
        }

        @Override
        public void frame(Frame.Kind kind, Frame.Header header, String instance, Frame.Targets targets, ByteBuf rest) {
            assertThat(kind).isEqualTo(Frame.Kind.CONNECTION);
            assertThat(targets.id(0)).isEqualTo(header.sequence());
            assertThat(targets.retain(0)).isTrue();
            rest.skipBytes(TOPIC.length);
            received.add(rest.toString(UTF_8));
        }
    }
}
