# `cmake --install` and a Debian package: `cpack --config
# build/release/CPackConfig.cmake`. The binary, its manual page and completions,
# the systemd units, the templates.
include(GNUInstallDirs)

install(TARGETS writ RUNTIME)

# Made by the binary itself when it is installed.
set(WRIT_MADE "${CMAKE_BINARY_DIR}/made")
install(
  CODE "
  file(MAKE_DIRECTORY \"${WRIT_MADE}\")
  function(make_of_writ file)
    execute_process(
      COMMAND \"$<TARGET_FILE:writ>\" \${ARGN}
      OUTPUT_FILE \"${WRIT_MADE}/\${file}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  make_of_writ(writ.1 manual)
  make_of_writ(writ.bash completion bash)
  make_of_writ(_writ completion zsh)
  make_of_writ(writ.fish completion fish)
  # As Debian wants them: the same bytes each time.
  function(compress from to)
    execute_process(
      COMMAND gzip -9n
      INPUT_FILE \"\${from}\"
      OUTPUT_FILE \"${WRIT_MADE}/\${to}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  compress(\"${WRIT_MADE}/writ.1\" writ.1.gz)
  compress(\"${PROJECT_SOURCE_DIR}/CHANGELOG.md\" changelog.gz)
  ")
install(FILES "${WRIT_MADE}/writ.1.gz"
        DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(
  FILES "${WRIT_MADE}/writ.bash"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
  RENAME writ)
install(FILES "${WRIT_MADE}/_writ"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
install(FILES "${WRIT_MADE}/writ.fish"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(
  FILES ci/templates/systemd/writ-reconcile.service
        ci/templates/systemd/writ-reconcile.timer
        ci/templates/systemd/writ-serve.service
  DESTINATION lib/systemd/system)
install(FILES ci/packaging/sysusers.conf DESTINATION lib/sysusers.d
        RENAME writ.conf)
install(DIRECTORY ci/templates DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        USE_SOURCE_PERMISSIONS)
install(FILES README.md "${WRIT_MADE}/changelog.gz" ci/packaging/copyright
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME writ)
set(CPACK_PACKAGE_VENDOR writ)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "GitOps reconciler and policy engine for events and credentials")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Plans what is declared in git against what is live, judges the plan by
policies, applies it, and keeps it so: apps, event schemas, notification rules,
secrets, tokens and their rotation. One program, also as a gateway and a loop.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "writ <writ@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# The libraries that the binary names; needs dpkg-dev, which build-essential has.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "git, systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/ci/packaging/postinst;${PROJECT_SOURCE_DIR}/ci/packaging/prerm;${PROJECT_SOURCE_DIR}/ci/packaging/postrm"
)
# Folders that the package makes are the root's, whatever the builder's umask.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
include(CPack)
