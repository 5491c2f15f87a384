package dev.skein.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.skein");

    @Test
    void importsOnlyTheJdkNettyAndItself() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.crypto..", "io.netty..", "org.jspecify..", "dev.skein.protocol..")
                .check(CLASSES);
    }

    @Test
    void rulesOfTopicsAndOfApsaraNeedNoBuffers() {
        classes()
                .that()
                .resideInAnyPackage("dev.skein.protocol.mqtt", "..mqtt.topic..", "..apsara..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackage("io.netty..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.protocol.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
