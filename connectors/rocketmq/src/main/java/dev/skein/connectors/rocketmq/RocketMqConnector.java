package dev.skein.connectors.rocketmq;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The brokers that a group of name servers knows. */
final class RocketMqConnector implements Connector {
    static {
        ClientLogs.install();
    }

    private final ClientSettings settings;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("skein-rocketmq-timer").daemon().factory());
    private final Client client;
    private final Budget budget;
    private final List<Sink> sinks = new CopyOnWriteArrayList<>();
    private final List<RocketMqSource> sources = new CopyOnWriteArrayList<>();

    RocketMqConnector(ClientSettings settings) {
        this.settings = settings;
        client = new Client(settings, executor);
        budget = new Budget(settings.waitingBytes());
        long poll = settings.poll().toMillis();
        var unused = timer.scheduleWithFixedDelay(
                () -> executor.execute(client::failDead), poll, poll, TimeUnit.MILLISECONDS);
    }

    @Override
    public Sink sink(String topic, Settings options) {
        Problems problems = new Problems(options).keys(Set.of());
        if (!Texts.isName(topic)) {
            problems.add("target-topic", topic, Texts.NAME);
        }
        problems.refuse();
        Sink sink = new RocketMqSink(client, executor, budget).prepared(topic);
        sinks.add(sink);
        return sink;
    }

    @Override
    public Source source(String group, String topic, Settings options, SourceListener listener) {
        SourceSettings wanted = SourceSettings.of(group, topic, options, InstantSource.system());
        RocketMqSource source = new RocketMqSource(client, wanted, listener, executor, timer);
        sources.add(source);
        source.start();
        return source;
    }

    @Override
    public Optional<String> check(Duration patience) {
        Future<Optional<String>> answer = executor.submit(client::check);
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return Optional.of("no answer from " + settings.addresses() + " within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Optional.of(client.reason(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Blocks while the brokers are told, for at most the time of a request. */
    @Override
    public void close() {
        sinks.forEach(Sink::close);
        sources.forEach(RocketMqSource::close);
        timer.shutdownNow();
        Bounded.run("close of the client", client::close, settings.timeout());
        executor.shutdownNow();
    }
}
