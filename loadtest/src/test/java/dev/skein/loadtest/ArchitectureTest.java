package dev.skein.loadtest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses LOADTEST = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.skein.loadtest");

    @Test
    void onlyTheNamedLibrariesAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.skein.loadtest..",
                        "dev.skein.protocol..",
                        "java..",
                        "javax.net.ssl..",
                        "io.netty..",
                        "picocli..",
                        "com.fasterxml.jackson..",
                        "com.typesafe.config..",
                        "org.HdrHistogram..",
                        "org.slf4j..",
                        "org.jspecify.annotations..")
                .check(LOADTEST);
    }

    @Test
    void clientsKnowNothingOfRunsAndRunsNothingOfOutput() {
        noClasses()
                .that()
                .resideInAPackage("..loadtest.mqtt..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..loadtest.load..", "..loadtest.report..", "..loadtest.process..")
                .check(LOADTEST);
        noClasses()
                .that()
                .resideInAPackage("..loadtest.load..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..loadtest.report..", "picocli..", "com.fasterxml.jackson..")
                .check(LOADTEST);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.loadtest.(*)..").should().beFreeOfCycles().check(LOADTEST);
    }
}
