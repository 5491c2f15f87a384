package dev.skein.node.rule.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.api.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A directory as a back end: a topic is a file of lines of {@code key TAB tag TAB orderKey TAB name=value;... TAB
 * body}. It is away while there is a file {@code away}, does not answer while there is one {@code silent}, and refuses
 * bodies that begin with {@code poison} for good. What a source gives stands in {@code TOPIC.in}; {@code TOPIC.done}
 * tells what was acknowledged.
 */
final class FileConnector implements Connector {
    private final Path directory;
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();

    FileConnector(Path directory) {
        this.directory = directory;
    }

    private boolean has(String mark) {
        return Files.exists(directory.resolve(mark));
    }

    @Override
    public Sink sink(String topic, Settings settings) {
        settings.text("wrong").ifPresent(text -> {
            throw new IllegalArgumentException(settings.path() + ".wrong: " + text + " (expected: nothing)");
        });
        return new Sink() {
            @Override
            public void send(List<SinkRecord> records, Outcome outcome) {
                writer.execute(() -> write(records, outcome));
            }

            @Override
            public void close() {
                // Its file is opened for each batch.
            }
        };
    }

    private void write(List<SinkRecord> records, Sink.Outcome outcome) {
        if (has("silent")) {
            return;
        }
        try {
            for (int i = 0; i < records.size(); i++) {
                SinkRecord record = records.get(i);
                if (has("away")) {
                    outcome.failed(i, false, directory + ": away");
                } else if (new String(record.body(), UTF_8).startsWith("poison")
                        && !record.topic().endsWith("dead")) {
                    outcome.failed(i, true, "poison");
                } else {
                    Files.writeString(
                            directory.resolve(record.topic()),
                            line(record),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    outcome.taken(i);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(SinkRecord record) {
        StringBuilder line = new StringBuilder();
        line.append(record.key()).append('\t').append(record.tag()).append('\t').append(record.orderKey());
        line.append('\t');
        record.properties()
                .forEach((name, value) ->
                        line.append(name).append('=').append(value).append(';'));
        return line.append('\t')
                .append(new String(record.body(), UTF_8))
                .append('\n')
                .toString();
    }

    @Override
    public Source source(String group, String topic, Settings settings, SourceListener listener) {
        Reading reading = new Reading(topic, listener);
        ScheduledFuture<?> unused = reader.scheduleWithFixedDelay(reading::look, 50, 50, TimeUnit.MILLISECONDS);
        return reading;
    }

    /** Reads a file from its beginning, and what comes again. */
    private final class Reading implements Source {
        private final String topic;
        private final SourceListener listener;
        private final List<String> again = new ArrayList<>();
        private int read;
        private boolean missing;
        private volatile boolean paused;
        private volatile boolean closed;

        private Reading(String topic, SourceListener listener) {
            this.topic = topic;
            this.listener = listener;
        }

        private void look() {
            if (paused || closed) {
                return;
            }
            Path file = directory.resolve(topic + ".in");
            if (!Files.exists(file)) {
                if (!missing) {
                    missing = true;
                    listener.problem(Optional.of("topic " + topic + ": not there"));
                }
                return;
            }
            missing = false;
            listener.problem(Optional.empty());
            try {
                List<String> lines = Files.readAllLines(file);
                List<String> next = new ArrayList<>(again);
                again.clear();
                next.addAll(lines.subList(read, lines.size()));
                read = lines.size();
                next.forEach(this::give);
            } catch (IOException e) {
                listener.problem(Optional.of(e.toString()));
            }
        }

        private void give(String line) {
            String[] parts = line.split("\t", -1);
            Map<String, String> properties = new LinkedHashMap<>();
            Arrays.stream(parts[1].split(";", -1))
                    .filter(each -> each.indexOf('=') > 0)
                    .forEach(each -> {
                        int equals = each.indexOf('=');
                        properties.put(each.substring(0, equals), each.substring(equals + 1));
                    });
            SourceRecord record = new SourceRecord(parts[0], topic, parts[0], "", properties, parts[2].getBytes(UTF_8));
            listener.received(record, new SourceListener.Acknowledgement() {
                @Override
                public void done() {
                    write(topic + ".done", parts[0] + "\n");
                }

                @Override
                public void later() {
                    reader.execute(() -> again.add(line));
                }
            });
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private void write(String name, String text) {
        writer.execute(() -> {
            try {
                Files.writeString(directory.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public Optional<String> check(Duration patience) {
        return has("away") ? Optional.of(directory + ": away") : Optional.empty();
    }

    @Override
    public void close() {
        writer.shutdown();
        reader.shutdownNow();
    }
}
