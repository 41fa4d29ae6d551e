@ System call: number in r7, arguments in r0 to r5, result in r0.
.syntax unified

.section look, "ax"
    mov r0, 1
    mov r1, sp
    mov r2, LOOK_STACK
    mov r7, 4               // write
    svc 0
    mov r0, 1
    ldr r1, [sp, 4]
    mov r2, LOOK_NAME
    mov r7, 4
    svc 0
    mov r0, 0
    mov r7, 1               // exit
    svc 0

.section crash, "ax"
    mov r0, 0
    ldr r0, [r0]
    mov r0, 0
    mov r7, 1
    svc 0

.section calls, "ax"
    movw r8, TABLE & 0xffff
    movt r8, TABLE >> 16
    sub r9, sp, #SCRATCH
1:  ldr r7, [r8], 4
    cmn r7, 1
    beq 2f
    mvn r0, 0
    mov r1, r0
    mov r2, r0
    mov r3, r0
    mov r4, r0
    mov r5, r0
    svc 0
    str r0, [r9], 4
    b 1b
2:  mov r0, 1
    sub r1, sp, #SCRATCH
    sub r2, r9, r1
    mov r7, 4
    svc 0
    mov r0, 0
    mov r7, 1
    svc 0

.section spin, "ax"
    movw r1, TABLE & 0xffff
    movt r1, TABLE >> 16
    ldr r2, [r1]
    mov r0, 0
1:  add r0, r0, r0, lsl #2
    add r0, r0, r2
    str r0, [sp, #-16]
    mov lr, pc              @ the instruction behind the next; bl would be left to a linker
    b 3f
    subs r2, r2, 1
    bne 1b
    mov r0, 0
    mov r7, 1
    svc 0
3:  ldr r3, [sp, #-16]
    eor r0, r0, r3, lsr #3
    bx lr
