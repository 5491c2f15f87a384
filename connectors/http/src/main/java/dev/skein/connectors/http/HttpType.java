package dev.skein.connectors.http;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.util.List;

/** HTTP by a URL, a webhook's address, or both: {@code type = http}. */
public final class HttpType implements ConnectorType {
    @Override
    public String name() {
        return "http";
    }

    @Override
    public List<String> problems(Settings settings) {
        return checked(settings).lines();
    }

    @Override
    public Connector open(Settings settings) {
        checked(settings).refuse();
        return new HttpConnector(ClientSettings.of(settings), WebhookSettings.of(settings.part("webhook")));
    }

    private static Problems checked(Settings settings) {
        Problems problems = new Problems(settings).keys(ClientSettings.KEYS);
        if (settings.text("url").isEmpty() && settings.values().get("webhook") == null) {
            problems.add("url", "nothing", "an address such as https://host/path, or webhook.listen");
        }
        ClientSettings.checks(settings).forEach(problems::reads);
        WebhookSettings.checks(settings.part("webhook")).forEach(problems::reads);
        return problems;
    }
}
