package dev.skein.connectors.kafka;

import dev.skein.connectors.testing.SourceContract;
import dev.skein.connectors.testing.Target;
import dev.skein.connectors.testing.TestKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class KafkaSourceIT extends SourceContract {
    private KafkaTarget target;

    @BeforeAll
    void start(@TempDir Path directory) {
        target = new KafkaTarget(new TestKafka(directory).start());
    }

    @AfterAll
    void stop() {
        target.close();
    }

    @Override
    protected Target target() {
        return target;
    }
}
