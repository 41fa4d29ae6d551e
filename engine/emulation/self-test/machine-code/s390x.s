# System call: number in r1 (svc 0), arguments in r2 to r7, result in r2.

.section look, "ax"
    lghi %r2, 1
    lgr %r3, %r15
    lghi %r4, LOOK_STACK
    lghi %r1, 4             # write
    svc 0
    lghi %r2, 1
    lg %r3, 8(%r15)
    lghi %r4, LOOK_NAME
    lghi %r1, 4
    svc 0
    lghi %r2, 0
    lghi %r1, 1             # exit
    svc 0

.section crash, "ax"
    lghi %r2, 0
    lg %r2, 0(%r2)
    lghi %r2, 0
    lghi %r1, 1
    svc 0

.section calls, "ax"
    llilf %r8, TABLE
    lay %r9, -SCRATCH(%r15)
1:  lg %r1, 0(%r8)
    cghi %r1, -1
    je 2f
    lghi %r2, -1
    lgr %r3, %r2
    lgr %r4, %r2
    lgr %r5, %r2
    lgr %r6, %r2
    lgr %r7, %r2
    svc 0
    stg %r2, 0(%r9)
    aghi %r8, 8
    aghi %r9, 8
    j 1b
2:  lghi %r2, 1
    lay %r3, -SCRATCH(%r15)
    lgr %r4, %r9
    sgr %r4, %r3
    lghi %r1, 4
    svc 0
    lghi %r2, 0
    lghi %r1, 1
    svc 0

.section spin, "ax"
    llilf %r3, TABLE
    lg %r4, 0(%r3)
    lghi %r2, 0
1:  sllg %r5, %r2, 2
    agr %r2, %r5
    agr %r2, %r4
    stg %r2, -16(%r15)
    brasl %r14, 3f
    aghi %r4, -1
    jne 1b
    lghi %r2, 0
    lghi %r1, 1
    svc 0
3:  lg %r5, -16(%r15)
    srlg %r5, %r5, 3
    xgr %r2, %r5
    br %r14
