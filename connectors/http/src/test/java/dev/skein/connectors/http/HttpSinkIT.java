package dev.skein.connectors.http;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.testing.SinkContract;
import dev.skein.connectors.testing.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Batches of JSON. What HTTP has no partitions for counts as one for each client. */
class HttpSinkIT extends SinkContract {
    private static final Pattern RECORD = Pattern.compile(
            "\\{\"key\":\"(.*?)\",\"tag\":\"(.*?)\",\"properties\":\\{\"p\":\"(.*?)\"},\"body\":\"(.*?)\"}");

    private TestServer server;

    @BeforeAll
    void start() throws IOException {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Override
    protected Target target() {
        return new Target() {
            @Override
            public void start() {
                server.startAgain();
            }

            @Override
            public void kill() {
                server.stop();
            }

            @Override
            public void createTopic(String topic) {
                server.add("/" + topic);
            }

            @Override
            public Connector connector() {
                return new HttpType()
                        .open(new Settings(
                                "skein.connectors.h",
                                Map.of(
                                        "url",
                                        "http://" + server.address(),
                                        "batch-records",
                                        50,
                                        "request-timeout",
                                        "3s")));
            }

            @Override
            public List<List<Stored>> stored(String topic) {
                Map<String, List<Stored>> byClient = new LinkedHashMap<>();
                for (TestServer.Request request : server.taken("/" + topic)) {
                    Matcher records = RECORD.matcher(request.body());
                    while (records.find()) {
                        String client = records.group(4).split("/", -1)[0];
                        byClient.computeIfAbsent(client, any -> new ArrayList<>())
                                .add(new Stored(
                                        records.group(1), records.group(2), records.group(4), records.group(3)));
                    }
                }
                return List.copyOf(byClient.values());
            }

            @Override
            public String address() {
                return server.address();
            }
        };
    }
}
