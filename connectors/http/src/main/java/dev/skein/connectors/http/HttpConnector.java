package dev.skein.connectors.http;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.support.Budget;
import dev.skein.connectors.support.Problems;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that takes messages by HTTP, and a webhook that gives them. */
final class HttpConnector implements Connector {
    private final ClientSettings settings;
    private final WebhookSettings webhookSettings;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Requests requests;
    private final Webhook webhook;
    private final Budget budget;
    private final List<Sink> sinks = new CopyOnWriteArrayList<>();

    HttpConnector(ClientSettings settings, WebhookSettings webhookSettings) {
        this.settings = settings;
        this.webhookSettings = webhookSettings;
        requests = new Requests(settings, executor);
        webhook = new Webhook(webhookSettings, executor);
        budget = new Budget(settings.waitingBytes());
    }

    /** @param topic the path behind the URL of the connector; records may name others */
    @Override
    public Sink sink(String topic, Settings options) {
        Problems problems = new Problems(options).keys(Set.of());
        Optional<URI> target = settings.url().flatMap(url -> Paths.under(url, topic));
        if (target.isEmpty()) {
            problems.add(
                    "target-topic",
                    topic,
                    settings.url().isEmpty()
                            ? "a connector with a url"
                            : "a path behind " + settings.url().get());
        }
        problems.refuse();
        Sink sink = new HttpSink(requests, settings, executor, budget);
        sinks.add(sink);
        return sink;
    }

    /** @param topic the path of the webhook */
    @Override
    public Source source(String group, String topic, Settings options, SourceListener listener) {
        Problems problems = new Problems(options).keys(Set.of("max-in-flight")).reads(() -> inFlight(options));
        if (webhookSettings.host().isEmpty()) {
            problems.add("source-topic", topic, "a connector with webhook.listen");
        }
        problems.refuse();
        return webhook.source(topic.startsWith("/") ? topic : "/" + topic, inFlight(options), listener);
    }

    private static int inFlight(Settings options) {
        return options.number("max-in-flight", 1000, 1, 100_000);
    }

    @Override
    public Optional<String> check(Duration patience) {
        return requests.check(patience).or(webhook::problem);
    }

    @Override
    public void close() {
        sinks.forEach(Sink::close);
        webhook.close();
        requests.close();
        executor.shutdownNow();
    }
}
