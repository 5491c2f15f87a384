package dev.skein.node.rule.files;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.ConnectorType;
import dev.skein.connectors.api.Settings;
import java.nio.file.Path;
import java.util.List;

/** {@code { type = files, directory = "..." }}. */
public final class FileConnectorType implements ConnectorType {
    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<String> problems(Settings settings) {
        return settings.text("directory").isPresent()
                ? List.of()
                : List.of(settings.path() + ".directory: nothing (expected: a directory)");
    }

    @Override
    public Connector open(Settings settings) {
        return new FileConnector(Path.of(settings.text("directory").orElseThrow()));
    }
}
