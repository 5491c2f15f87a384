package dev.skein.connectors.http;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.CheckedType;
import dev.skein.connectors.support.Problems;

/** HTTP by a URL, a webhook's address, or both: {@code type = http}. */
public final class HttpType extends CheckedType {
    /** Found by its class name. */
    public HttpType() {
        super("http");
    }

    @Override
    protected Connector make(Settings settings) {
        return new HttpConnector(ClientSettings.of(settings), WebhookSettings.of(settings.part("webhook")));
    }

    @Override
    protected Problems checked(Settings settings) {
        Problems problems = new Problems(settings).keys(ClientSettings.KEYS);
        if (settings.text("url").isEmpty() && settings.values().get("webhook") == null) {
            problems.add("url", "nothing", "an address such as https://host/path, or webhook.listen");
        }
        ClientSettings.checks(settings).forEach(problems::reads);
        WebhookSettings.checks(settings.part("webhook")).forEach(problems::reads);
        return problems;
    }
}
