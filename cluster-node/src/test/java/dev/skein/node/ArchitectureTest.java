package dev.skein.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.skein.persistence.jdbc.JdbcStores;
import org.junit.jupiter.api.Test;

/** Who may import whom in this module. */
class ArchitectureTest {
    private static final String ROOT = "dev.skein.node";
    private static final String MAIN = "dev.skein.node.main";
    private static final String CONFIG = "dev.skein.node.config";
    private static final String WIRING = "dev.skein.node.wiring";
    private static final String ADMISSION = "dev.skein.node.admission";
    private static final String AUDIT = "dev.skein.node.audit";
    private static final String EDGE = "dev.skein.node.edge";
    private static final String MQTT = "dev.skein.node.edge.mqtt";
    private static final String DELIVERY = "dev.skein.node.delivery";
    private static final String CLAIM = "dev.skein.node.claim";
    private static final String SESSION = "dev.skein.node.session";
    private static final String SESSION_LOCK = "dev.skein.node.session.lock";
    private static final String SESSION_ACTOR = "dev.skein.node.session.actor";
    private static final String ROUTE = "dev.skein.node.route";
    private static final String ROUTE_ACTOR = "dev.skein.node.route.actor";
    private static final String REGISTRY = "dev.skein.node.registry";
    private static final String AUTH = "dev.skein.node.auth";
    private static final String CONTROL = "dev.skein.node.control";
    private static final String OBSERVE = "dev.skein.node.observe";
    private static final String CLUSTER = "dev.skein.node.cluster";
    private static final String DISCOVERY = "dev.skein.node.discovery";
    private static final String NET = "dev.skein.node.net";
    private static final String TLS = "dev.skein.node.tls";
    private static final String TRACE = "dev.skein.node.trace";
    private static final String TRUST = "dev.skein.node.trust";
    private static final String LINK = "dev.skein.node.link";
    private static final String RULE = "dev.skein.node.rule";
    private static final String RULE_FLOW = "dev.skein.node.rule.flow";
    private static final String CONNECTORS = "dev.skein.connectors.api";
    private static final String PROTOCOL = "dev.skein.protocol..";
    private static final String STORE = "dev.skein.persistence.api";
    private static final String[] PURE = {
        "java.lang..", "java.util..", "java.time..", "org.jspecify..", "com.typesafe.config.."
    };

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.skein");

    @Test
    void flowsAndRoutesArePure() {
        classes()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, SESSION, ROUTE, STORE, PROTOCOL))
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(SESSION_LOCK)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, SESSION_LOCK, STORE, PROTOCOL))
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(ROUTE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, ROUTE, STORE, PROTOCOL))
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(RULE_FLOW)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, RULE_FLOW, CONNECTORS, STORE, PROTOCOL))
                .check(CLASSES);
    }

    @Test
    void connectorsAreKnownToRulesAlone() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackage(RULE + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.connectors..")
                .check(CLASSES);
    }

    @Test // clocks and randomness come as arguments
    void pureCodeAsksNoClockAndNoChance() {
        noClasses()
                .that()
                .resideInAnyPackage(SESSION, SESSION_LOCK, ROUTE, RULE_FLOW)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(Random|concurrent\\.ThreadLocal"
                        + "Random|UUID)|java\\.time\\.Clock|java\\.lang\\.Thread")
                .check(CLASSES);
    }

    @Test
    void actorsKnowTheirPureHalvesAndTheStore() {
        noClasses()
                .that()
                .resideInAnyPackage(SESSION_ACTOR, ROUTE_ACTOR)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        EDGE + "..",
                        CONTROL + "..",
                        OBSERVE,
                        "io.netty..",
                        "java.sql..",
                        "dev.skein.persistence.jdbc..",
                        "dev.skein.persistence.memory..")
                .check(CLASSES);
    }

    @Test
    void transportsKnowNeitherSessionsNorRoutesNorActors() {
        classes()
                .that()
                .resideInAPackage(EDGE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax..",
                        "io.netty..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "com.typesafe.config..",
                        EDGE,
                        ADMISSION,
                        NET,
                        TLS,
                        PROTOCOL)
                .check(CLASSES);
    }

    @Test
    void deliveryAndClaimsKnowNoProtocolOfClients() {
        classes()
                .that()
                .resideInAPackage(DELIVERY)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.netty.buffer..",
                        "io.netty.channel..",
                        "org.apache.pekko..",
                        "org.slf4j..",
                        "org.jspecify..",
                        EDGE,
                        DELIVERY,
                        SESSION,
                        SESSION_ACTOR,
                        ROUTE,
                        ROUTE_ACTOR,
                        REGISTRY,
                        AUTH,
                        OBSERVE,
                        CLUSTER,
                        LINK,
                        STORE,
                        PROTOCOL)
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage(CLAIM)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.netty.channel..",
                        "io.netty.util.concurrent..",
                        "org.apache.pekko..",
                        "org.jspecify..",
                        CLAIM,
                        DELIVERY,
                        SESSION_ACTOR,
                        ROUTE,
                        CLUSTER,
                        STORE,
                        PROTOCOL)
                .check(CLASSES);
    }

    @Test
    void mqttKnowsMessagesOfActorsAndNotTheirStores() {
        classes()
                .that()
                .resideInAPackage(MQTT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.netty..",
                        "org.apache.pekko..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "com.typesafe.config..",
                        EDGE,
                        ADMISSION,
                        AUDIT,
                        MQTT,
                        DELIVERY,
                        CLAIM,
                        SESSION,
                        SESSION_ACTOR,
                        ROUTE,
                        ROUTE_ACTOR,
                        REGISTRY,
                        AUTH,
                        OBSERVE,
                        CLUSTER,
                        STORE,
                        PROTOCOL)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(MQTT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(CLASSES);
    }

    @Test
    void tracesKnowObserversAndTheirOwnFiles() {
        classes()
                .that()
                .resideInAPackage(TRACE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.netty.util..",
                        "org.apache.pekko..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "com.typesafe.config..",
                        TRACE,
                        OBSERVE,
                        REGISTRY,
                        CLUSTER,
                        "dev.skein.persistence.trace",
                        PROTOCOL)
                .check(CLASSES);
    }

    @Test
    void addressesNeedTheJdkAndALogAlone() {
        classes()
                .that()
                .resideInAPackage(NET)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "org.slf4j..", "com.typesafe.config..", NET)
                .check(CLASSES);
    }

    @Test
    void auditLogKnowsNobodyWhoWritesToIt() {
        classes()
                .that()
                .resideInAPackage(AUDIT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "org.slf4j..", AUDIT)
                .check(CLASSES);
    }

    @Test
    void certificatesNeedFilesAlone() {
        classes()
                .that()
                .resideInAPackage(TLS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax..", "org.bouncycastle..", "org.slf4j..", "org.jspecify..", TLS)
                .check(CLASSES);
    }

    @Test
    void portOfTheNodesKnowsCertificatesAndPekko() {
        classes()
                .that()
                .resideInAPackage(TRUST)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax..",
                        "scala..",
                        "org.apache.pekko..",
                        "org.slf4j..",
                        "org.jspecify..",
                        NET,
                        CLUSTER,
                        TLS,
                        TRUST)
                .check(CLASSES);
    }

    @Test
    void linksKnowOnlyWhatTheyCarry() {
        classes()
                .that()
                .resideInAPackage(LINK)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "io.netty.buffer..",
                        "org.apache.pekko.serialization..",
                        "dev.skein.protocol.message",
                        LINK)
                .check(CLASSES);
    }

    @Test
    void budgetsKnowNothingOfWhatTheyAdmit() {
        classes()
                .that()
                .resideInAPackage(ADMISSION)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, ADMISSION, "dev.skein.protocol.wire"))
                .check(CLASSES);
    }

    @Test
    void edgeAndControlDoNotMeet() {
        noClasses()
                .that()
                .resideInAPackage(EDGE + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CONTROL + "..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(CONTROL + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(EDGE + "..", "io.netty..", SESSION, ROUTE)
                .check(CLASSES);
    }

    @Test // what is signed, and how, can be tried without a node
    void signaturesOfRequestsArePure() {
        classes()
                .that()
                .haveNameMatching("dev\\.skein\\.node\\.control\\.rpc\\.(RpcText|RpcSignatures|Nonces)(\\$.*)?")
                .should()
                .onlyDependOnClassesThat(
                        JavaClass.Predicates.resideInAnyPackage(with(
                                        PURE,
                                        "java.security..",
                                        "java.nio..",
                                        "java.net..",
                                        "javax.crypto..",
                                        PROTOCOL))
                                .or(
                                        DescribedPredicate.describe(
                                                "one of them",
                                                type -> type.getName()
                                                        .matches(
                                                                "(\\[L)?dev\\.skein\\.node\\.control\\.rpc\\.(RpcText|RpcSignatures|RpcException|Nonces).*"))))
                .check(CLASSES);
    }

    @Test
    void rulesAndNamesNeedNoNetworkAndNoDatabase() {
        noClasses()
                .that()
                .resideInAnyPackage(AUTH, REGISTRY, OBSERVE, CLUSTER, DISCOVERY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        EDGE + "..", CONTROL + "..", SESSION + "..", ROUTE + "..", "io.netty.channel..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void onlyTheWiringAndItsConfigurationKnowTheDatabase() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackages(CONFIG, WIRING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.skein.persistence.jdbc..", "dev.skein.persistence.memory..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void ofTheJdbcStoresTheirEntryAloneIsKnown() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.skein.persistence.jdbc..")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.skein.persistence.jdbc..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.type(JdbcStores.class))))
                .check(CLASSES);
    }

    @Test
    void everythingHasARoom() {
        noClasses().should().resideInAPackage(ROOT).check(CLASSES);
    }

    @Test
    void nothingKnowsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(MAIN)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(MAIN)
                .check(CLASSES);
    }

    @Test
    void theProcessAloneKnowsTheWiring() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAIN, WIRING)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(WIRING)
                .check(CLASSES);
    }

    @Test // the others are given the records of their own settings
    void theProcessAndTheWiringAloneKnowTheWholeConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAIN, CONFIG, WIRING)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CONFIG)
                .check(CLASSES);
    }

    @Test
    void modulesPointOneWay() {
        noClasses()
                .that()
                .resideInAnyPackage(PROTOCOL, "dev.skein.persistence..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.node.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static String[] with(String[] packages, String... more) {
        String[] all = java.util.Arrays.copyOf(packages, packages.length + more.length);
        System.arraycopy(more, 0, all, packages.length, more.length);
        return all;
    }
}
