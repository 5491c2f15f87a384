package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} to {@code reference.conf}. */
class ConfigurationDocTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final Path REFERENCE = Path.of("src", "main", "resources", "reference.conf");
    private static final String BEGIN = "<!-- begin of the generated tables -->";
    private static final String END = "<!-- end of the generated tables -->";

    private final ConfigurationTables tables = ConfigurationTables.of((ConfigObject) Objects.requireNonNull(
            ConfigFactory.parseFile(REFERENCE.toFile()).root().get("skein")));

    @Test
    void documentHasEveryKeyWithItsDefaultAndMeaning() throws IOException {
        String document = Files.readString(DOCUMENT);
        String expected = document.substring(0, document.indexOf(BEGIN) + BEGIN.length())
                + "\n"
                + tables.markdown()
                + "\n"
                + document.substring(document.indexOf(END));
        if (Boolean.getBoolean("skein.docs.write")) {
            Files.writeString(DOCUMENT, expected);
            return;
        }

        assertThat(document)
                .as("docs/configuration.md is older than reference.conf; to write it anew:"
                        + " mvn -pl cluster-node -am test -Dtest=ConfigurationDocTest -Dskein.docs.write=true"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(expected);
    }

    @Test
    void everyKeyOfTheReferenceIsExplained() {
        assertThat(tables.keysWithoutMeaning())
                .as("keys of reference.conf without a comment above them")
                .isEmpty();
    }

    @Test
    void documentNamesTheVariablesThatAreNoConfiguration() throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains(EnvironmentKeys.RESERVED);
    }

    @Test
    void noTwoKeysShareAnEnvironmentVariable() {
        assertThat(ConfigLoader.knownKeys().leaves().stream().map(EnvironmentKeys::nameOf))
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).isEqualTo(name.toUpperCase(Locale.ROOT)));
    }
}
