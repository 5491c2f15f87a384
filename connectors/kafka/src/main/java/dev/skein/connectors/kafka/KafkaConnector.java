package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.support.Budget;
import dev.skein.connectors.support.Problems;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A Kafka cluster. */
final class KafkaConnector implements Connector {
    private final ClientSettings settings;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Producers producers;
    private final Administration administration;
    private final Budget budget;
    private final List<Sink> sinks = new CopyOnWriteArrayList<>();
    private final List<KafkaSource> sources = new CopyOnWriteArrayList<>();

    KafkaConnector(ClientSettings settings) {
        this.settings = settings;
        producers = new Producers(settings);
        administration = new Administration(settings);
        budget = new Budget(settings.waitingBytes());
    }

    @Override
    public Sink sink(String topic, Settings options) {
        Problems problems = new Problems(options).keys(Set.of());
        Names.topic(topic, "target-topic", problems);
        problems.refuse();
        Sink sink = new KafkaSink(producers, executor, budget);
        sinks.add(sink);
        return sink;
    }

    @Override
    public Source source(String group, String topic, Settings options, SourceListener listener) {
        SourceSettings wanted = SourceSettings.of(group, topic, options, InstantSource.system());
        KafkaSource source = new KafkaSource(settings, wanted, administration, listener);
        sources.add(source);
        source.start();
        return source;
    }

    @Override
    public Optional<String> check(Duration patience) {
        return administration.problem(Optional.empty(), patience);
    }

    /** Blocks while offsets are committed, for at most the time of a request. */
    @Override
    public void close() {
        sinks.forEach(Sink::close);
        sources.forEach(KafkaSource::close);
        producers.close();
        administration.close();
        executor.shutdownNow();
    }
}
