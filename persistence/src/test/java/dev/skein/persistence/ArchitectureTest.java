package dev.skein.persistence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.skein.persistence");

    @Test
    void apiKnowsNoDriverAndNoSql() {
        classes()
                .that()
                .resideInAPackage("dev.skein.persistence.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.time..",
                        "java.util..",
                        "org.jspecify..",
                        "dev.skein.protocol.message..",
                        "dev.skein.persistence.api..")
                .check(CLASSES);
    }

    @Test
    void memoryAndJdbcDoNotMeet() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.memory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.skein.persistence.jdbc..", "dev.skein.persistence.schema..", "java.sql..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.jdbc..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.persistence.memory..")
                .check(CLASSES);
    }

    @Test
    void schemaStandsAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.persistence.schema..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.skein.persistence.jdbc..", "dev.skein.persistence.memory..", "dev.skein.persistence.api..")
                .check(CLASSES);
    }

    @Test
    void moduleKnowsOnlyTheProtocolModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.skein.node..", "dev.skein.loadtest..", "org.apache.pekko..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.persistence.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }
}
