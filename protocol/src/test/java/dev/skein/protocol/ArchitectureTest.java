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
    void valuesRulesOfTopicsAndOfApsaraNeedTheJdkAlone() {
        classes()
                .that()
                .resideInAnyPackage("..protocol.message..", "..protocol.topic..", "..apsara..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("io.netty..", "dev.skein.protocol.mqtt..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.skein.protocol.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
