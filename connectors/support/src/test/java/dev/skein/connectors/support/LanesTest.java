package dev.skein.connectors.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanesTest {
    private final List<String> told = new ArrayList<>();
    private final List<List<String>> sent = new ArrayList<>();
    private final List<CompletableFuture<Answer>> answers = new ArrayList<>();
    private final Budget budget = new Budget(10_000);
    private final Lanes<String> lanes = new Lanes<>(
            (lane, records) -> {
                sent.add(records.stream().map(SinkRecord::key).toList());
                CompletableFuture<Answer> answer = new CompletableFuture<>();
                answers.add(answer);
                return answer;
            },
            Runnable::run,
            new Lanes.Limits(4, 1_000_000, Duration.ofMinutes(1)));

    @Test
    void laneHasOneBatchUnderWayAndKeepsTheOrder() {
        put("a", 0, 3);
        put("a", 3, 3);
        put("b", 10, 1);
        assertThat(sent).containsExactly(List.of("0", "1", "2"), List.of("10"));
        answers.getFirst().complete(Answer.TAKEN);
        assertThat(sent.getLast()).containsExactly("3", "4", "5");
        assertThat(told).containsExactly("taken 0", "taken 1", "taken 2");
    }

    @Test
    void failureTakesWhatWaitsBehindWithIt() {
        put("a", 0, 1);
        put("a", 1, 2);
        put("b", 10, 1);
        answers.getFirst().complete(new Answer.Failed("away"));
        assertThat(told).containsExactly("failed 0 away", "failed 1 away", "failed 2 away");
        put("a", 0, 1);
        assertThat(sent.getLast()).containsExactly("0");
    }

    @Test
    void recordThatIsToBlameIsFoundAndTheOthersAreTaken() {
        put("a", 0, 4);
        put("a", 4, 3);
        for (int i = 0; i < answers.size(); i++) {
            answers.get(i).complete(sent.get(i).contains("2") ? new Answer.Refused("bad") : Answer.TAKEN);
        }
        assertThat(told)
                .containsExactly("taken 0", "taken 1", "lasting 2 bad", "taken 3", "taken 4", "taken 5", "taken 6");
    }

    @Test
    void closeTellsAllOnceAndIgnoresLateAnswers() {
        put("a", 0, 2);
        put("a", 2, 1);
        lanes.close();
        answers.getFirst().complete(Answer.TAKEN);
        put("a", 3, 1);
        assertThat(told)
                .containsExactly(
                        "failed 0 the connector is closed",
                        "failed 1 the connector is closed",
                        "failed 2 the connector is closed",
                        "failed 3 the connector is closed");
    }

    @Test
    void transportThatThrowsIsAFailure() {
        Lanes<String> broken = new Lanes<>(
                (lane, records) -> {
                    throw new IllegalStateException("no way");
                },
                Runnable::run,
                new Lanes.Limits(4, 1000, Duration.ofMinutes(1)));
        broken.put("a", entries(0, 1));
        assertThat(told).containsExactly("failed 0 no way");
    }

    @Test
    void moreBytesThanMayWaitAreFailedAndRoomComesBack() {
        Budget small = new Budget(500);
        List<Entry> in = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            small.admit(record(i), i, outcome(i)).ifPresent(in::add);
        }
        assertThat(in).hasSize(2);
        assertThat(told).containsExactly("failed 2 more than 500 bytes wait for the target");
        in.getFirst().taken();
        assertThat(small.admit(record(3), 3, outcome(3))).isPresent();
    }

    private void put(String lane, int from, int count) {
        lanes.put(lane, entries(from, count));
    }

    private List<Entry> entries(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> budget.admit(record(i), i, outcome(i)).orElseThrow())
                .toList();
    }

    private static SinkRecord record(int number) {
        return new SinkRecord("t", Integer.toString(number), "", "k", Map.of(), new byte[10]);
    }

    private Sink.Outcome outcome(int number) {
        return new Sink.Outcome() {
            @Override
            public void taken(int index) {
                told.add("taken " + number);
            }

            @Override
            public void failed(int index, boolean lasting, String reason) {
                told.add((lasting ? "lasting " : "failed ") + number + " " + reason);
            }
        };
    }
}
