package dev.skein.node.registry;

import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Objects;

/** What configuration says, for tests. */
final class Seeds {
    static final String HASH = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    static final String OTHER_HASH = "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";

    private Seeds() {}

    /** {@code default} and {@code fleet}, which has one of everything. */
    static Map<String, InstanceView> some() {
        return InstanceSeeds.from(ConfigFactory.parseString("""
                        skein.instances.fleet {
                          mode = apsara
                          groups = [GID_conf], parent-topics = [conf]
                          users = [{ name = conf-user, password-hash = "%s" }]
                          access-keys = [{ id = conf-key, secret = conf-secret }]
                          permissions = [{ effect = deny, topics = ["conf/x"] }]
                        }""".formatted(HASH))
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("skein"));
    }

    /** The second of them. */
    static InstanceView fleet() {
        return Objects.requireNonNull(some().get("fleet"));
    }
}
