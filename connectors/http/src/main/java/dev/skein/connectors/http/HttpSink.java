package dev.skein.connectors.http;

import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.support.Answer;
import dev.skein.connectors.support.Budget;
import dev.skein.connectors.support.Entry;
import dev.skein.connectors.support.Lanes;
import dev.skein.connectors.support.OrderKeys;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Posts records. Those of one order key go in one lane, request after request. */
final class HttpSink implements Sink {
    private final Requests requests;
    private final ClientSettings settings;
    private final Budget budget;
    private final Lanes<Lane> lanes;

    HttpSink(Requests requests, ClientSettings settings, Executor executor, Budget budget) {
        this.requests = requests;
        this.settings = settings;
        this.budget = budget;
        lanes = new Lanes<>(this::transmit, executor, settings.batch());
    }

    /** @param number of those that one URL has */
    private record Lane(URI url, int number) {}

    @Override
    public void send(List<SinkRecord> records, Outcome outcome) {
        Map<Lane, List<Entry>> byLane = LinkedHashMap.newLinkedHashMap(settings.parallel());
        for (int i = 0; i < records.size(); i++) {
            SinkRecord record = records.get(i);
            Optional<URI> url = settings.url().flatMap(base -> Paths.under(base, record.topic()));
            if (url.isEmpty()) {
                outcome.failed(i, true, "path " + record.topic() + " (expected: a path behind the connector's url)");
                continue;
            }
            Lane lane = new Lane(url.get(), OrderKeys.place(record, settings.parallel()));
            budget.admit(record, i, outcome)
                    .ifPresent(entry -> byLane.computeIfAbsent(lane, any -> new ArrayList<>())
                            .add(entry));
        }
        byLane.forEach(lanes::put);
    }

    private CompletionStage<Answer> transmit(Lane lane, List<SinkRecord> records) {
        return requests.send(lane.url(), records);
    }

    @Override
    public void close() {
        lanes.close();
    }
}
